/**
 * The protocol edge, and the only importer of the MCP SDK. The SDK's stdio transport and server stay in use and are
 * guarded from outside: any line at all gets the answer it deserves, every accepted request is answered exactly once or
 * not at all after its cancellation, and nothing leaves but what is written here.
 */
package dev.userservice.mcp;

/**
 * The protocol edge, and the only importer of the MCP SDK, of which the stdio transport is in use. Any line at all gets
 * the answer it deserves, in the era of the protocol it is written in; every accepted request is answered exactly once,
 * or not at all after its cancellation; nothing leaves but what is rendered here; whatever a client sends and does not
 * read, what is held for it is bounded. The thread that reads waits for nothing but room for answers.
 */
package dev.userservice.mcp;

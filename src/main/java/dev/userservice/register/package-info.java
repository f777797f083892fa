/**
 * {@code register}: prints how this very JAR is registered with an MCP client, with everything the server needs in it
 * and no secret, and makes the archive that lets it start fast. Without the archive the registration is as good, only
 * slower.
 */
package dev.userservice.register;

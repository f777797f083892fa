/** Stage 2: no more calls are admitted than the configured rate allows; the rest are told when to come back. */
package dev.userservice.limit;

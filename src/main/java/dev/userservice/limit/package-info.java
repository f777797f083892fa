/**
 * Stage 2: no more calls are admitted than the configured rate allows, and no more user records leave than may in 24
 * hours; the rest are told when to come back.
 */
package dev.userservice.limit;

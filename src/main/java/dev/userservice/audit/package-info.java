/**
 * Stage 5: every call leaves one line, with the operating system before its answer is sent, chained to the line before
 * so that a change shows. Where the line cannot be written, nothing is returned.
 */
package dev.userservice.audit;

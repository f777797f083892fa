/**
 * The words every stage shares: what a call is, how it can fail, what it may return, and what must never leave. Imports
 * nothing of this project.
 */
package dev.userservice.model;

/**
 * The commands that vouch for an installation: {@code check} goes through the stages that a call depends on and stops
 * at the first that fails, with what to do about it; {@code verify-audit} follows the chain of audit logs. They report
 * no secret and no user's data, and vouch only for what they saw.
 */
package dev.userservice.check;

/** Stage 1: a call's arguments are what the published input schema says, or the call ends here, before any request. */
package dev.userservice.validate;

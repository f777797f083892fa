/**
 * Stage 4: the released fields are copied into a new object, their text cleaned; nothing else of a record can leave.
 */
package dev.userservice.sanitize;

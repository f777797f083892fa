package dev.userservice.call;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.Optional;

/**
 * How an API gives out a list.
 *
 * @param items where the array of records stands in an answer
 * @param paging how the list is divided into answers
 * @param total where an answer says how many records there are in all, if it does
 * @param totalHeader the response header that says so otherwise, if one does
 */
public record ListLayout(JsonPointer items, Paging paging, Optional<JsonPointer> total, Optional<String> totalHeader) {}

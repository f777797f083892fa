package dev.userservice.call;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * How an API gives out a list.
 *
 * @param items where the array of records stands in an answer
 * @param paging how the list is divided into answers
 * @param total where an answer says how many records there are in all, if it does
 * @param totalHeader the response header that says so otherwise, if one does
 */
public record ListLayout(JsonPointer items, Paging paging, Optional<JsonPointer> total, Optional<String> totalHeader) {

    private static final Pattern WHOLE_NUMBER = Pattern.compile("[0-9]{1,18}");

    /** Returns where the next address stands, if in the answer itself. */
    Optional<JsonPointer> nextPointer() {
        return paging instanceof Paging.Link link ? link.next() : Optional.empty();
    }

    /** Returns the total that an answer tells, where that is a whole number. */
    OptionalLong total(JsonNode answer, HttpHeaders headers) {
        List<String> lines = totalHeader.map(headers::allValues).orElse(List.of());
        if (lines.size() == 1 && WHOLE_NUMBER.matcher(lines.get(0)).matches()) {
            return OptionalLong.of(Long.parseLong(lines.get(0)));
        }
        JsonNode said = total.map(answer::at).orElse(MissingNode.getInstance());
        boolean whole = said.isIntegralNumber() && said.canConvertToLong() && said.longValue() >= 0;
        return whole ? OptionalLong.of(said.longValue()) : OptionalLong.empty();
    }

    /**
     * Returns the next address that an answer names. Of one that should be whole, only the header is looked at.
     *
     * @throws CallFailure with {@link ErrorCode#UPSTREAM_CONTRACT} where it cannot be read
     */
    Optional<String> next(JsonNode answer, HttpHeaders headers) {
        if (paging instanceof Paging.Numbered) {
            return Optional.empty();
        }
        if (nextPointer().isEmpty()) {
            return LinkHeader.next(headers.allValues("Link"));
        }
        JsonNode next = answer.at(nextPointer().get());
        if (next.isMissingNode() || next.isNull() || next.isBoolean() && !next.booleanValue()) {
            return Optional.empty();
        }
        if (!next.isTextual()) {
            throw CallFailure.contract(
                    "what stands at INTERNAL_API_NEXT_POINTER, " + nextPointer().get() + ", is no text",
                    "check INTERNAL_API_NEXT_POINTER");
        }
        return Optional.of(next.textValue()).filter(text -> !text.isEmpty());
    }
}

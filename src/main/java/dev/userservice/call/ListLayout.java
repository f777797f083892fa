package dev.userservice.call;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

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

    /** Returns the list in pages smaller than any setting, which begins with the same record, where it has pages. */
    public Optional<ListLayout> inSmallPages() {
        if (!(paging instanceof Paging.Numbered pages) || !pages.inPages()) {
            return Optional.empty();
        }
        Paging small = new Paging.Numbered(pages.limitParam(), pages.startParam(), pages.first(), OptionalInt.of(5));
        return Optional.of(new ListLayout(items, small, total, totalHeader));
    }

    /** Returns where the next address stands, if in the answer itself. */
    Optional<JsonPointer> nextPointer() {
        return paging instanceof Paging.Link link ? link.next() : Optional.empty();
    }

    /**
     * Returns every place where an answer may say how long the list is. An answer that should be whole can show at a
     * common one that it is not, unless the settings say that there is none.
     */
    List<JsonPointer> totals() {
        List<JsonPointer> common = paging instanceof Paging.Whole ? Signs.TOTALS : List.of();
        return total.stream()
                .flatMap(own -> Stream.concat(Stream.of(own), common.stream()))
                .toList();
    }

    /**
     * Returns the total that an answer tells, where that is a whole number; one at a place that the settings do not
     * name only where it is above {@code count}, the number of records that came.
     */
    OptionalLong total(JsonNode answer, HttpHeaders headers, long count) {
        OptionalLong own = totalHeader.isPresent()
                ? wholeNumber(headers.allValues(totalHeader.get()))
                : total.map(answer::at).map(ListLayout::wholeNumber).orElse(OptionalLong.empty());
        return own.isPresent() || total.isEmpty() || !(paging instanceof Paging.Whole)
                ? own
                : commonTotal(answer, headers).filter(more -> more > count).findFirst();
    }

    private static LongStream commonTotal(JsonNode answer, HttpHeaders headers) {
        return LongStream.concat(
                Signs.TOTALS.stream().flatMapToLong(place -> wholeNumber(answer.at(place)).stream()),
                Signs.TOTAL_HEADERS.stream().flatMapToLong(name -> wholeNumber(headers.allValues(name)).stream()));
    }

    private static OptionalLong wholeNumber(List<String> lines) {
        boolean whole = lines.size() == 1 && WHOLE_NUMBER.matcher(lines.get(0)).matches();
        return whole ? OptionalLong.of(Long.parseLong(lines.get(0))) : OptionalLong.empty();
    }

    private static OptionalLong wholeNumber(JsonNode said) {
        boolean whole = said.isIntegralNumber() && said.canConvertToLong() && said.longValue() >= 0;
        return whole ? OptionalLong.of(said.longValue()) : OptionalLong.empty();
    }

    /**
     * Returns where an answer shows that there are others: at a member, where one was found, or in a header; nowhere
     * where it says itself, be it by null, where the next one is.
     */
    Optional<String> sign(Optional<String> member, JsonNode answer, HttpHeaders headers) {
        if (nextPointer().filter(place -> !answer.at(place).isMissingNode()).isPresent()) {
            return Optional.empty();
        }
        boolean elsewhere = paging instanceof Paging.Whole || nextPointer().isPresent();
        return member.isEmpty() && elsewhere
                ? LinkHeader.next(headers.allValues(Signs.LINK_HEADER)).map(next -> Signs.LINK_HEADER)
                : member;
    }

    /**
     * Returns the next address that an answer names.
     *
     * @throws CallFailure with {@link ErrorCode#UPSTREAM_CONTRACT} where it cannot be read
     */
    Optional<String> next(JsonNode answer, HttpHeaders headers) {
        if (!(paging instanceof Paging.Link)) {
            return Optional.empty();
        }
        if (nextPointer().isEmpty()) {
            return LinkHeader.next(headers.allValues(Signs.LINK_HEADER));
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

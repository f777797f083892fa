package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.Layouts;
import dev.userservice.model.CallFailure;
import dev.userservice.model.Json;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerReaderTest {

    private static final String REFUSED = "upstream_contract";
    private static final HttpHeaders NO_HEADERS = HttpHeaders.of(Map.of(), (name, value) -> true);
    private static final int[] PIECE_BYTES = {1, 2, 7, Integer.MAX_VALUE};

    @ParameterizedTest
    @MethodSource
    void keepsTheSelectedFieldsOfARecord(String answer, String found, String reason) {
        Selection selection = record("/id", "/profile/name", "/mails/0");
        assertEquals(found, read(selection, answer), reason);
    }

    static Stream<Arguments> keepsTheSelectedFieldsOfARecord() {
        return Stream.of(
                Arguments.of("{\"id\":7}", "[{\"id\":7}]", "one field"),
                Arguments.of(
                        "{\"id\":\"7\",\"profile\":{\"name\":\"Ada\"},\"mails\":[\"a@b\"]}",
                        "[{\"id\":\"7\",\"profile\":{\"name\":\"Ada\"},\"mails\":{\"0\":\"a@b\"}}]",
                        "nested fields, one of them in an array"),
                Arguments.of("{\"mails\":[\"a\",\"b\",\"c\"]}", "[{\"mails\":{\"0\":\"a\"}}]", "the first of an array"),
                Arguments.of("{\"mails\":[]}", "[{\"mails\":{}}]", "an empty array"),
                Arguments.of("{\"id\":null}", "[{\"id\":null}]", "null"),
                Arguments.of("{\"id\":true}", "[{\"id\":true}]", "a boolean"),
                Arguments.of("{\"id\":7.5}", "[{\"id\":7.5}]", "a fraction"),
                Arguments.of("{\"id\":" + "9".repeat(40) + "}", "[{\"id\":" + "9".repeat(40) + "}]", "a long number"),
                Arguments.of("{\"id\":{\"id\":1}}", "[{\"id\":{}}]", "an object in a value's place"),
                Arguments.of("{\"id\":[1]}", "[{\"id\":{}}]", "an array in a value's place"),
                Arguments.of("{\"profile\":\"Ada\"}", "[{}]", "a value in an object's place"),
                Arguments.of(
                        "{\"profile\":{\"id\":9},\"x\":{\"id\":8}}", "[{\"profile\":{}}]", "a like name elsewhere"),
                Arguments.of(
                        "{\"ssn\":\"078\",\"deep\":[[{\"id\":[3]}]],\"id\":1}", "[{\"id\":1}]", "unreleased fields"),
                Arguments.of(
                        "{\"id\":\"é😀\\ud83d\\ude00\\n\"}", "[{\"id\":\"é😀😀\\n\"}]", "characters of many bytes"),
                Arguments.of(" \r\n\t{ \"id\" : 7 } \n", "[{\"id\":7}]", "white space around"),
                Arguments.of("\uFEFF{\"id\":7}", "[{\"id\":7}]", "a byte order mark"),
                Arguments.of("{}", "[{}]", "nothing in it"),
                Arguments.of("[]", "[{}]", "an array in the record's place"),
                Arguments.of("\"id\"", "[{}]", "a string in the record's place"),
                Arguments.of("null", "[{}]", "null in the record's place"),
                Arguments.of("[".repeat(500) + "]".repeat(500), "[{}]", "500 levels"));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2,   '[{\"id\":0},{\"id\":1}]',  the first window",
        "1, 2,   '[{\"id\":1},{\"id\":2}]',  a window within",
        "3, 2,   '[{\"id\":3},{\"id\":4}]',  the last window",
        "4, 100, '[{\"id\":4}]',             a window that reaches over the end",
        "5, 2,   '[]',                       a window after the end",
        "0, 1,   '[{\"id\":0}]',             one",
    })
    void keepsTheWindowAndCountsTheRest(int offset, int limit, String window, String reason) {
        Selection selection = window("/users", offset, limit);
        assertEquals(window + " of 5", read(selection, "{\"users\":" + users(5) + "}"), reason);
    }

    @ParameterizedTest
    @MethodSource
    void findsTheListWhereThePointerSays(String pointer, String answer, String found, String reason) {
        assertEquals(found, read(window(pointer, 0, 2), answer), reason);
    }

    static Stream<Arguments> findsTheListWhereThePointerSays() {
        String two = "[{\"id\":0},{\"id\":1}]";
        return Stream.of(
                Arguments.of("", users(3), two + " of 3", "the answer is the list"),
                Arguments.of("/users", "{\"users\":" + users(3) + "}", two + " of 3", "a member"),
                Arguments.of(
                        "/data/users",
                        "{\"data\":{\"x\":[1],\"users\":" + users(3) + "}}",
                        two + " of 3",
                        "a level down"),
                Arguments.of("/0/users", "[{\"users\":" + users(3) + "},{\"users\":[]}]", two + " of 3", "in an array"),
                Arguments.of("/a~1b", "{\"a/b\":" + users(3) + "}", two + " of 3", "an escaped name"),
                Arguments.of("/users", "{\"users\":[]}", "[] of 0", "empty"),
                Arguments.of(
                        "/users", "{\"users\":[1,null,[{\"id\":3}]]}", "[{},{}] of 3", "items that are no objects"),
                Arguments.of(
                        "/users", "{\"users\":[[{\"id\":3}],{\"id\":4}]}", "[{},{\"id\":4}] of 2", "a list within it"),
                Arguments.of("/users", "{\"users\":[{\"x\":{\"id\":3}}]}", "[{}] of 1", "an item without the field"),
                Arguments.of("/users", "{\"users\":{\"id\":1}}", "unlisted", "an object in the list's place"),
                Arguments.of("/users", "{\"users\":null}", "unlisted", "null in the list's place"),
                Arguments.of("/users", "{\"items\":[]}", "unlisted", "another member"),
                Arguments.of("/users", "{\"x\":{\"users\":[]}}", "unlisted", "a level too deep"),
                Arguments.of("/users", users(3), "unlisted", "a list in the object's place"),
                Arguments.of("", "{\"users\":[]}", "unlisted", "an object in the list's place at the top"),
                Arguments.of("", "7", "unlisted", "a number"),
                Arguments.of("/data/users", "{\"data\":[" + users(3) + "]}", "unlisted", "an array on the way"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"total\":240,\"users\":[]}           | [] of 0, total 240 | before the list",
                "{\"users\":[],\"total\":240}           | [] of 0, total 240 | after the list",
                "{\"users\":[],\"total\":0}             | [] of 0, total 0   | zero",
                "{\"users\":[],\"total\":9223372036854775807} | [] of 0, total 9223372036854775807 | the greatest",
                "{\"users\":[],\"total\":9223372036854775808} | [] of 0      | greater than the greatest",
                "{\"users\":[],\"total\":-1}            | [] of 0            | negative",
                "{\"users\":[],\"total\":240.5}         | [] of 0            | a fraction",
                "{\"users\":[],\"total\":\"240\"}       | [] of 0            | a string",
                "{\"users\":[],\"total\":null}          | [] of 0            | null",
                "{\"users\":[],\"total\":{\"total\":1}} | [] of 0            | an object",
                "{\"users\":[],\"meta\":{\"sum\":1}}    | [] of 0            | not at the top",
                "{\"users\":[{\"total\":1}]}            | [{}] of 1          | in a record",
                "{\"total\":0}                          | unlisted, total 0  | of a list that is left out because it is empty",
                "{\"total\":1}                          | unlisted, total 1  | of a list that is left out though it is not empty",
            })
    void takesATotalThatIsAWholeNumberAtTheTop(String answer, String found, String reason) {
        assertEquals(found, read(window("/users", 0, 5), answer), reason);
    }

    @ParameterizedTest
    @CsvSource({
        "240,                 total 240, a number",
        "0,                   total 0,   zero",
        "-1,                  none,      negative",
        "240.5,               none,      a fraction",
        "many,                none,      no number",
        "'',                  none,      empty",
        "9999999999999999999, none,      more than anybody has",
        "'240, 240',          none,      two in one",
    })
    void takesATotalFromTheHeaderThatIsNamed(String header, String total, String reason) {
        ListLayout layout =
                new ListLayout(JsonPointer.empty(), Layouts.WHOLE, Optional.empty(), Optional.of("X-Total-Count"));
        Fetched answer = read(layout, "[]", Map.of("x-total-count", List.of(header)));
        assertEquals(
                total, answer.total().isPresent() ? "total " + answer.total().getAsLong() : "none", reason);
        assertEquals(
                OptionalLong.empty(),
                read(layout, "[]", Map.of("X-Total-Count", List.of("1", "2"))).total());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"page\":{\"next\":\"?c=1\"},\"users\":[]} | ?c=1    | text",
                "{\"users\":[],\"page\":{\"next\":\"?c=1\"}} | ?c=1    | after the list",
                "{\"page\":{\"next\":\"\"},\"users\":[]}     | none    | empty text",
                "{\"page\":{\"next\":null},\"users\":[]}     | none    | null",
                "{\"page\":{\"next\":false},\"users\":[]}    | none    | false",
                "{\"page\":{},\"users\":[]}                  | none    | not there",
                "{\"next\":\"?c=1\",\"users\":[]}            | none    | elsewhere",
                "{\"page\":{\"next\":true},\"users\":[]}     | refused | true",
                "{\"page\":{\"next\":2},\"users\":[]}        | refused | a number",
                "{\"page\":{\"next\":{}},\"users\":[]}       | refused | an object",
                "{\"page\":{\"next\":[]},\"users\":[]}       | refused | an array",
            })
    void takesTheNextAddressFromWhereItStands(String answer, String next, String reason) {
        Paging paging = new Paging.Link(Optional.of(JsonPointer.compile("/page/next")));
        Map<String, List<String>> header = Map.of("Link", List.of("<?c=9>; rel=next"));
        String found;
        try {
            found = read(Layouts.list("/users", paging), answer, header).next().orElse("none");
        } catch (CallFailure e) {
            found = "refused";
        }
        assertEquals(next, found, reason);
    }

    @Test
    void takesTheNextAddressFromTheHeaderOtherwise() {
        Map<String, List<String>> header = Map.of("link", List.of("<?c=8>; rel=prev", "<?c=9>; rel=next"));
        String answer = "{\"users\":[]}";
        assertEquals(
                Optional.of("?c=9"),
                read(Layouts.list("/users", Layouts.LINK), answer, header).next());
        assertEquals(
                Optional.of("Link"),
                read(Layouts.list("/users", Layouts.WHOLE), answer, header).sign());
        assertEquals(
                Optional.empty(),
                read(Layouts.list("/users", Layouts.OFFSET), answer, header).next());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"next\":\"x\"                  | /next            | text",
                "\"nextLink\":1                  | /nextLink        | a number",
                "\"@odata.nextLink\":true        | /@odata.nextLink | true",
                "\"links\":{\"next\":{\"a\":1}}  | /links/next      | an object",
                "\"_links\":{\"next\":[{}]}      | /_links/next     | an array",
                "\"links\":{\"next\":{\"href\":\"x\"}} | /links/next/href | an object with the address in it",
                "\"_links\":{\"next\":{\"href\":\"x\"}} | /_links/next/href | an object with the address in it",
                "\"last\":false                | /last            | not the last",
                "\"last\":true                 | none             | the last",
                "\"last\":\"\"                 | none             | no word on that",
                "\"page\":{\"last\":false}     | none             | elsewhere",
                "\"paging\":{\"next\":\"x\"}     | /paging/next     | text",
                "\"next_cursor\":\"x\"           | /next_cursor     | text",
                "\"nextCursor\":0                | /nextCursor      | zero",
                "\"nextPageToken\":\"x\"         | /nextPageToken   | text",
                "\"meta\":{\"next\":\"x\"}       | /meta/next       | text",
                "\"odata.nextLink\":\"x\"        | /odata.nextLink  | text",
                "\"pagination\":{\"next\":1}   | /pagination/next | a number",
                "\"meta\":{\"next_cursor\":\"x\"} | /meta/next_cursor | text",
                "\"response_metadata\":{\"next_cursor\":\"x\"} | /response_metadata/next_cursor | text",
                "\"next_page_token\":\"x\"       | /next_page_token | text",
                "\"next_page_url\":\"x\"         | /next_page_url   | text",
                "\"next_page\":{\"uri\":\"x\"} | /next_page       | an object",
                "\"nextPage\":2                | /nextPage        | a number",
                "\"nextPage\":0                | none             | of no page",
                "\"pagination\":{\"next\":0}   | none             | of no page (authentik)",
                "\"view\":{\"next\":\"x\"}       | /view/next       | text (API Platform)",
                "\"d\":{\"__next\":\"x\"}        | /d/__next        | text (OData 2)",
                "\"pagination\":{\"has_next_page\":true} | /pagination/has_next_page | true (CakePHP)",
                "\"nextToken\":\"x\"           | /nextToken       | text",
                "\"meta\":{\"next_page\":2}   | /meta/next_page  | a number",
                "\"hydra:view\":{\"hydra:next\":\"x\"} | /hydra:view/hydra:next | text",
                "\"continue\":{\"from\":\"x\"} | /continue        | an object (MediaWiki)",
                "\"has_more\":true             | /has_more        | true",
                "\"hasMore\":true              | /hasMore         | true",
                "\"hasNext\":true              | /hasNext         | true",
                "\"more\":true                 | /more            | true",
                "\"hasNextPage\":true          | /hasNextPage     | true",
                "\"meta\":{\"has_more\":true} | /meta/has_more   | true",
                "\"pageInfo\":{\"hasNextPage\":true} | /pageInfo/hasNextPage | true",
                "\"truncated\":true            | /truncated       | true (Keystone)",
                "\"truncated\":false           | none             | false",
                "\"isTruncated\":true          | /isTruncated     | true",
                "\"isLast\":false              | /isLast          | false",
                "\"isLastPage\":false          | /isLastPage      | false",
                "\"more\":false                | none             | false",
                "\"more\":\"x\"                | none             | text",
                "\"has_more\":0                | none             | zero",
                "\"next\":null                   | none             | null",
                "\"next\":false                  | none             | false",
                "\"next\":\"\"                   | none             | empty text",
                "\"next\":{}                     | none             | an empty object",
                "\"next\":[]                     | none             | an empty array",
                "\"meta\":{\"nextLink\":\"x\"}   | none             | elsewhere",
                "\"links\":[{\"next\":\"x\"}]    | none             | in an array",
            })
    void noticesASignOfFurtherAnswers(String member, String sign, String reason) {
        String answer = "{" + member + ",\"users\":[{\"next\":1}]}";
        assertEquals(sign, sign(Layouts.WHOLE, answer), reason);
        assertEquals(sign, sign(Layouts.LINK, answer), reason);
        assertEquals("none", sign(Layouts.OFFSET, answer), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"first\":false                     | /first       | not the first",
                "\"first\":true                      | none         | the first",
                "\"first\":0                         | none         | no word on that",
                "\"_links\":{\"prev\":{\"href\":\"x\"}} | /_links/prev/href | an address",
                "\"_links\":{\"prev\":{\"href\":null}} | none       | none",
                "\"_links\":{\"prev\":{\"href\":\"\"}} | none         | an empty one",
                "\"previous\":\"x\"                  | none         | not all that give one there mean an earlier page",
            })
    void noticesASignOfEarlierAnswersToANumber(String member, String sign, String reason) {
        String answer = "{\"users\":[]," + member + "}";
        assertEquals(sign, sign(Layouts.OFFSET, answer), reason);
        assertEquals("none", sign(Layouts.LINK, answer), reason);
    }

    @Test
    void takesAPagesNumberForAnAddressWhereItMayBeOne() { // as Zendesk's next_page is; the remedy then says so
        assertTrue(Signs.FURTHER.containsAll(Signs.NEXT_PAGE));
    }

    private static String sign(Paging paging, String answer) {
        return read(Layouts.list("/users", paging), answer, Map.of()).sign().orElse("none");
    }

    @Test
    void noticesALinkHeaderThatTheSettingsDoNotName() {
        Map<String, List<String>> header = Map.of("Link", List.of("<?c=9>; rel=next"));
        Paging pointer = new Paging.Link(Optional.of(JsonPointer.compile("/next")));
        assertEquals(
                Optional.of("Link"),
                read(Layouts.list("/users", pointer), "{\"users\":[]}", header).sign());
        assertEquals(
                Optional.empty(),
                read(Layouts.list("/users", pointer), "{\"users\":[],\"next\":\"?c=1\"}", header)
                        .sign());
        String last = "{\"users\":[],\"next\":null,\"next_cursor\":7}"; // which it says itself
        assertEquals(
                Optional.empty(),
                read(Layouts.list("/users", pointer), last, header).sign());
    }

    @ParameterizedTest
    @CsvSource({
        "/next/href,       none",
        "/next,            none",
        "/nextLink,        /next",
        "/next_page,       /next",
        "/pages/next/href, /next",
    })
    void takesTheNextAddressItselfForNoSign(String pointer, String sign) {
        Paging paging = new Paging.Link(Optional.of(JsonPointer.compile(pointer)));
        String answer = "{\"next\":{\"href\":null},\"users\":[]}";
        if (pointer.equals("/next")) {
            answer = "{\"next\":\"?c=1\",\"users\":[]}";
        }
        assertEquals(
                sign,
                read(Layouts.list("/users", paging), answer, Map.of()).sign().orElse("none"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"total_count\":3           | 3 | above what came",
                "\"totalCount\":3            | 3 | above what came",
                "\"totalResults\":3          | 3 | above what came",
                "\"totalElements\":3         | 3 | above what came",
                "\"page\":{\"totalElements\":3} | 3 | above what came",
                "\"meta\":{\"total\":3}      | 3 | above what came",
                "\"total_size\":3            | 3 | above what came",
                "\"totalSize\":3             | 3 | above what came",
                "\"totalItems\":3            | 3 | above what came",
                "\"hydra:totalItems\":3      | 3 | above what came",
                "\"total_entries\":3         | 3 | above what came",
                "\"count\":3                 | 3 | above what came",
                "\"count\":2                 | none | as many as came",
                "\"itemCount\":3             | 3 | above what came",
                "\"pagination\":{\"count\":3} | 3 | above what came",
                "\"response\":{\"numFound\":3} | 3 | above what came",
                "\"@odata.count\":3          | 3 | above what came",
                "\"meta\":{\"total_count\":3} | none | Directus: of all that there are, whatever the filter",
                "\"meta\":{\"pagination\":{\"total\":3}} | 3 | above what came",
                "\"pagination\":{\"total\":3} | 3 | above what came",
                "\"total_count\":2           | none | as many as came",
                "\"total_count\":1           | none | fewer than came",
                "\"total_count\":\"3\"       | none | a string",
                "\"total\":2,\"total_count\":3 | 2 | beside the one that the settings name",
            })
    void noticesATotalAboveWhatCame(String member, String total, String reason) {
        String answer = "{" + member + ",\"users\":[{\"id\":1},{\"id\":2}]}";
        assertEquals(total, total(Layouts.list("/users", Layouts.WHOLE), answer), reason);
        String own = member.startsWith("\"total\"") ? total : "none";
        assertEquals(own, total(Layouts.list("/users", Layouts.LINK), answer), reason);
        assertEquals(own, total(Layouts.list("/users", Layouts.OFFSET), answer), reason);
        ListLayout nowhere =
                new ListLayout(JsonPointer.compile("/users"), Layouts.WHOLE, Optional.empty(), Optional.empty());
        assertEquals("none", total(nowhere, answer), reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Total-Count", "x-total", "X-WP-Total", "Total", "total-count"})
    void noticesATotalAboveWhatCameInAHeader(String name) {
        assertEquals(OptionalLong.of(3), total(name, "3", Layouts.WHOLE));
        assertEquals(OptionalLong.empty(), total(name, "1", Layouts.WHOLE));
        assertEquals(OptionalLong.empty(), total(name, "3", Layouts.OFFSET));
    }

    private static OptionalLong total(String name, String value, Paging paging) {
        return read(Layouts.list("", paging), "[{\"id\":1}]", Map.of(name, List.of(value)))
                .total();
    }

    private static String total(ListLayout layout, String answer) {
        OptionalLong total = read(layout, answer, Map.of()).total();
        return total.isPresent() ? Long.toString(total.getAsLong()) : "none";
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "3, 3", "5, 3"})
    void marksTheRecordsAskedForOfANumberedPart(int users, int marks) {
        Selection selection = new Selection(pointers("/id"), Optional.of(Layouts.list("", Layouts.OFFSET)), 2, 3);
        assertEquals(
                marks,
                Set.copyOf(read(selection, users(users), Map.of()).marks()).size());
    }

    @Test
    void marksARecordByItsValuesHoweverTheyAreOrdered() {
        Selection selection =
                new Selection(pointers("/id", "/n/a", "/n/b"), Optional.of(Layouts.list("", Layouts.OFFSET)), 0, 3);
        assertEquals(
                read(selection, "[{\"id\":1,\"n\":{\"a\":\"x\",\"b\":null}},{\"id\":2}]", Map.of())
                        .marks(),
                read(selection, "[{\"n\":{\"b\":null,\"a\":\"x\"},\"y\":7,\"id\":1}, {\"id\": 2}]", Map.of())
                        .marks());
    }

    @Test
    void marksTheFirstOfAnAnswerThatNamesTheNext() {
        Selection selection = new Selection(pointers("/id"), Optional.of(Layouts.list("", Layouts.LINK)), 2, 1);
        Fetched answer = read(selection, users(5), Map.of());
        assertEquals(List.of(Fingerprint.of("0")), answer.marks());
        assertEquals("[{\"id\":2}]", answer.records().toString());
    }

    private static Fetched read(ListLayout layout, String answer, Map<String, List<String>> headers) {
        return read(new Selection(pointers("/id"), Optional.of(layout), 0, 5), answer, headers);
    }

    private static Fetched read(Selection selection, String answer, Map<String, List<String>> headers) {
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        try {
            HttpHeaders came = HttpHeaders.of(headers, (name, value) -> true);
            return AnswerReader.read(new ByteArrayInputStream(bytes), came, selection, Long.MAX_VALUE);
        } catch (IOException e) {
            throw new IllegalStateException(e); // a byte array does not fail to be read
        }
    }

    @ParameterizedTest
    @MethodSource
    void refusesWhatIsNotOneJsonValue(String answer, String reason) {
        assertEquals(REFUSED, read(record("/id"), answer), reason);
    }

    static Stream<Arguments> refusesWhatIsNotOneJsonValue() {
        return Stream.of(
                Arguments.of("", "empty"),
                Arguments.of("  \n", "blank"),
                Arguments.of("<html></html>", "a web page"),
                Arguments.of("{\"id\":7", "cut in an object"),
                Arguments.of("{\"id\":\"7", "cut in a string"),
                Arguments.of("{\"id", "cut in a name"),
                Arguments.of("[{\"x\":[", "cut in what is skipped"),
                Arguments.of("{\"id\":7} {\"id\":8}", "two values"),
                Arguments.of("{\"id\":7}]", "a bracket too many"),
                Arguments.of("{\"id\":7} x", "a word after the end"),
                Arguments.of("{\"id\":7} 8", "a number after the end"),
                Arguments.of("{\"id\":7} null", "null after the end"),
                Arguments.of("{\"id\":7,\"id\":8}", "a selected member twice"),
                Arguments.of("{\"x\":{\"a\":1,\"a\":2}}", "a skipped member twice"),
                Arguments.of("{\"x\":1,\"\\u0078\":2}", "a member twice, once escaped"),
                Arguments.of("{'id':7}", "single quotes"),
                Arguments.of("{id:7}", "a bare name"),
                Arguments.of("{\"id\":NaN}", "no number"),
                Arguments.of("{\"id\":07}", "a leading zero"),
                Arguments.of("{\"id\":\"a\nb\"}", "a newline in a string"),
                Arguments.of("/* */{\"id\":7}", "a comment"),
                Arguments.of("{\"id\":7,}", "a comma before a brace"),
                Arguments.of("{\"id\":7 , }", "a comma before a brace, spaces around it"),
                Arguments.of("{\"a\":[{\"b\":1,}],\"id\":7}", "a comma before a brace in what is skipped"),
                Arguments.of("{\"id\":7}\uFEFF", "a byte order mark after the end"),
                Arguments.of("\uFEFF\uFEFF{\"id\":7}", "two byte order marks"),
                Arguments.of("\uFEFF", "a byte order mark and nothing else"),
                Arguments.of("{\"id\":" + "9".repeat(5_000) + "}", "a number of 5,000 digits"),
                Arguments.of("[".repeat(501) + "]".repeat(501), "501 levels"),
                Arguments.of("{\"x\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}", "5,000 levels of arrays"),
                Arguments.of("{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000), "5,000 levels of objects"),
                Arguments.of("[".repeat(5_000), "5,000 levels that never end"));
    }

    @ParameterizedTest
    @CsvSource({
        "7b226964223a224a6f73e9227d,         Latin-1 in a selected string",
        "7b2278223a22e9222c226964223a377d,   Latin-1 in a skipped string",
        "7b2278e9223a312c226964223a377d,     Latin-1 in a name",
        "7b226964223a22c181227d,             an A in two bytes",
        "7b22c1a964223a22797d,             an i in two bytes within a name",
        "7b226964223a22eda080227d,           a surrogate on its own",
        "7b226964223a22f4908080227d,         beyond the last character",
        "7b226964223a22e282227d,             a character cut short",
        "7b226964223a22c3,                   cut within a character",
        "ff7b226964223a377d,                 a byte no text has",
        "7b006900220064002200,               UTF-16",
        "efbb7b226964223a377d,               two thirds of a byte order mark",
    })
    void refusesBytesThatAreNotUtf8(String hex, String reason) {
        for (int size : PIECE_BYTES) {
            assertEquals(REFUSED, read(record("/id"), HexFormat.of().parseHex(hex), size), reason);
        }
    }

    @ParameterizedTest
    @CsvSource({"1024, [{\"id\":7}]", "1023, upstream_contract"})
    void readsNoAnswerThatIsLongerThanTheLimit(long limit, String found) throws IOException {
        byte[] answer = ("{\"id\":7}" + " ".repeat(1016)).getBytes(StandardCharsets.UTF_8);
        for (int size : PIECE_BYTES) {
            assertEquals(found, read(answer, size, limit));
        }
    }

    private static String read(byte[] answer, int pieceBytes, long limit) throws IOException {
        try {
            return describe(AnswerReader.read(inPieces(answer, pieceBytes), NO_HEADERS, record("/id"), limit));
        } catch (CallFailure e) {
            return e.code().label();
        }
    }

    @Test
    void readsPastHugeFieldsThatAreNotReleased() {
        String answer =
                "{\"photo\":\"" + "A".repeat(5_000_000) + "\",\"log\":[" + "1,".repeat(500_000) + "1],\"id\":7}";
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        assertEquals("[{\"id\":7}]", read(record("/id"), bytes, 16 * 1024));
    }

    @ParameterizedTest
    @MethodSource
    void boundsWhatHasToBeRemembered(String unreleased, boolean accepted, String reason) {
        byte[] answer = ("{\"x\":" + unreleased + ",\"id\":7}").getBytes(StandardCharsets.UTF_8);
        String found = read(record("/id"), answer, 16 * 1024);
        assertEquals(accepted ? "[{\"id\":7}]" : REFUSED, found, reason);
    }

    static Stream<Arguments> boundsWhatHasToBeRemembered() {
        String half = object(10_000, "1");
        return Stream.of(
                Arguments.of(object(19_999, "1"), true, "an object with the most members, one of them around it"),
                Arguments.of(object(20_000, "1"), false, "one member more"),
                Arguments.of(object(10_000, half), false, "one within the other"),
                Arguments.of("[" + half + "," + half + "," + half + "]", true, "one after the other"));
    }

    private static String object(int members, String last) {
        return IntStream.rangeClosed(1, members)
                .mapToObj(i -> "\"m" + i + "\":" + (i == members ? last : "1"))
                .collect(Collectors.joining(",", "{", "}"));
    }

    @ParameterizedTest
    @MethodSource
    void keepsALongWantedStringWholeOrNotAtAll(String field, String answer, String reason) throws IOException {
        Selection selection = record("/" + field);
        String long1 = "\u200b".repeat(300_000) + "end";
        byte[] bytes = answer.formatted(long1).getBytes(StandardCharsets.UTF_8);
        for (int size : new int[] {7, 16 * 1024, Integer.MAX_VALUE}) {
            JsonNode record = AnswerReader.read(inPieces(bytes, size), NO_HEADERS, selection, Long.MAX_VALUE)
                    .records()
                    .get(0);
            assertEquals(long1, record.at("/" + field).textValue(), reason);
        }
        byte[] tooLong = answer.formatted("A".repeat(1_200_000)).getBytes(StandardCharsets.UTF_8);
        assertEquals(REFUSED, read(selection, tooLong, 16 * 1024), reason);
    }

    static Stream<Arguments> keepsALongWantedStringWholeOrNotAtAll() {
        return Stream.of(
                Arguments.of("name", "{\"x\":\"y\",\"name\":\"%s\"}", "a member"),
                Arguments.of("a/name", "{\"a\":{\"b\":[1],\"name\":\"%s\"},\"name\":7}", "a level down"),
                Arguments.of("mails/1", "{\"mails\":[\"a\",\"%s\"]}", "in an array"));
    }

    @Test
    void keepsNoMoreThanTheWindowOfAHugeList() {
        String item = "{\"id\":1,\"ssn\":\"078\"},";
        byte[] bytes = ("{\"users\":[" + item.repeat(200_000) + "{\"id\":2}]}").getBytes(StandardCharsets.UTF_8);
        Selection selection = window("/users", 199_999, 5);
        assertEquals("[{\"id\":1},{\"id\":2}] of 200001", read(selection, bytes, 16 * 1024));
    }

    /** Reads in pieces of several sizes, which must not make a difference. */
    private static String read(Selection selection, String answer) {
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        List<String> found = IntStream.of(PIECE_BYTES)
                .mapToObj(size -> read(selection, bytes, size))
                .distinct()
                .toList();
        return found.size() == 1 ? found.get(0) : "differs by the size of the pieces: " + found;
    }

    private static String read(Selection selection, byte[] answer, int pieceBytes) {
        try {
            return describe(AnswerReader.read(inPieces(answer, pieceBytes), NO_HEADERS, selection, Long.MAX_VALUE));
        } catch (CallFailure e) {
            return e.code().label();
        } catch (IOException e) {
            throw new IllegalStateException(e); // a byte array does not fail to be read
        }
    }

    /** Returns a stream that hands on a few bytes at a time, as a connection may. */
    private static InputStream inPieces(byte[] answer, int pieceBytes) {
        return new FilterInputStream(new ByteArrayInputStream(answer)) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return super.read(target, offset, Math.min(length, pieceBytes));
            }
        };
    }

    private static String describe(Fetched answer) {
        String records = answer.records().stream().map(Json::text).collect(Collectors.joining(",", "[", "]"));
        String total = answer.total().isPresent() ? ", total " + answer.total().getAsLong() : "";
        boolean one = answer.count() == 0 && !records.equals("[]");
        return one ? records : answer.listed() ? records + " of " + answer.count() + total : "unlisted" + total;
    }

    private static String users(int count) {
        return IntStream.range(0, count)
                .mapToObj(id -> "{\"id\":" + id + ",\"ssn\":\"078\"}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static Selection record(String... pointers) {
        return new Selection(pointers(pointers), Optional.empty(), 0, 1);
    }

    private static Selection window(String items, long skip, int take) {
        return new Selection(pointers("/id"), Optional.of(Layouts.list(items, Layouts.WHOLE)), skip, take);
    }

    private static List<JsonPointer> pointers(String... pointers) {
        return Stream.of(pointers).map(JsonPointer::compile).toList();
    }
}

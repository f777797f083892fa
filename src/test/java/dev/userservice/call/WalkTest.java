package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.RawApi;
import dev.userservice.UserApiFactory;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.Json;
import dev.userservice.model.TraceContext;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lists over real HTTP. An API is written as its answers, {@code 3@0 -> 1 2 of 7}: asked for three from 0 on, it gives
 * users 1 and 2 and a total; {@code first -> 1 next ?c=1} and {@code c=1 -> 2}: its first answer names the next.
 * Whatever else it is asked for is not there.
 */
@Timeout(60)
final class WalkTest {

    private static final long PATIENCE_SECONDS = 20;
    private static final Paging OFFSET = new Paging.Numbered("n", "from", 0, OptionalInt.empty());
    private static final Paging PAGE = new Paging.Numbered("n", "from", 1, OptionalInt.of(3));
    private static final Paging LINK = new Paging.Link(Optional.of(JsonPointer.compile("/next")));
    private static final Paging WHOLE = new Paging.Whole();

    private final UserApiFactory loopback = new UserApiFactory();

    @AfterEach
    void stop() {
        loopback.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 3 | first -> 1 2 3         | 1 2 3 of 3               | as many as asked for, and they are all",
                "1 | 1 | first -> 1 2 3         | 2 of 3 more              | one of several",
                "3 | 5 | first -> 1 2 3         | of 3                     | past the end",
                "0 | 5 | first -> unlisted of 0 | of 0                     | left out because it is empty",
                "0 | 5 | first -> unlisted      | upstream_contract: INTERNAL_API_LIST_POINTER | left out",
                "0 | 5 | first -> unlisted of 2 | upstream_contract: INTERNAL_API_LIST_POINTER | left out though it is not empty",
                "2 | 5 | first -> unlisted of 2 | upstream_contract: total  | left out of what should be whole",
                "0 | 5 | first -> 1 2 of 2      | 1 2 of 2                 | it knows how many they are",
                "0 | 1 | first -> 1 2 of 3      | upstream_contract: total | a total above",
                "0 | 1 | first -> 1 2 of 1      | upstream_contract: INTERNAL_API_TOTAL | a total below",
                "0 | 1 | first -> 1 2 next ?c=1 | upstream_contract: /next | it names a next one",
                "0 | 1 | first -> 404           | not_found:               | not there",
            })
    void takesAWindowOutOfTheWholeList(int offset, int limit, String api, String end, String reason) throws Exception {
        assertEquals(end + " | first", end(WHOLE, api, offset, limit), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 3 | 3@0 -> 1 2 3                      | 1 2 3 more      | 3@0     | a full page may not be the last",
                "0 | 3 | 3@0 -> 1 2, 1@2 -> 3              | 1 2 3 more      | 3@0 1@2 | a short answer is followed up",
                "0 | 9 | 9@0 -> 1, 8@1 -> 2, 7@2 ->        | 1 2             | 9@0 8@1 7@2 | until one is empty",
                "0 | 3 | 3@0 -> 1 2                        | 1 2             | 3@0 1@2 | or is not there",
                "0 | 3 | 3@0 ->                            | ''              | 3@0     | nobody",
                "0 | 3 | 3@0 -> 1 2 3 of 7                 | 1 2 3 of 7 more | 3@0     | the total says that there are more",
                "0 | 3 | 3@0 -> 1 2 3 of 3                 | 1 2 3 of 3      | 3@0     | the total says that there are none",
                "0 | 9 | 9@0 -> 1 2 of 2                   | 1 2 of 2        | 9@0     | the total is reached",
                "0 | 9 | 9@0 -> 1 of 2, 8@1 -> 2           | 1 2 of 2        | 9@0 8@1 | a total holds until there is another",
                "5 | 3 | 3@5 -> 1 2 of 5                   | of 5            | 3@5     | at the total, whatever is sent",
                "8 | 3 | 3@8 -> 1 2 3 4 of 5               | of 5            | 3@8     | past the total, whatever is sent",
                "8 | 3 | 3@8 -> unlisted of 5              | of 5            | 3@8     | past the total, where nothing is sent",
                "2 | 2 | 2@2 -> 3 4, 1@0 -> 1 of 2         | of 2            | 2@2 1@0 1@1 | past a total that the first answer alone says",
                "2 | 2 | 2@2 -> 3 4, 1@0 -> 1 of 4, 1@1 -> 2 | 3 4 of 4      | 2@2 1@0 1@1 | at a total that the first answer alone says",
                "2 | 2 | 1@0 -> 1 of 5                     | upstream_contract: fewer users than the total | 2@2 1@0 | not there, though the total says so",
                "5 | 3 | 3@5 -> unlisted of 5              | of 5            | 3@5     | at the total, where nothing is sent",
                "4 | 3 | 3@4 -> unlisted of 5              | upstream_contract: INTERNAL_API_LIST_POINTER | 3@4 | left out before the total",
                "0 | 2 | 2@0 -> 1 2 3                      | upstream_contract: parameter n | 2@0 | more than asked for",
                "0 | 3 | 3@0 -> 1 2 3 of 2                 | upstream_contract: INTERNAL_API_TOTAL | 3@0 | beyond the total",
                "0 | 3 | 3@0 -> 1 of 3, 2@1 -> of 3        | upstream_contract: fewer users than the total | 3@0 2@1 | fewer than the total",
                "0 | 9 | 9@0 -> 1 2 3 of 5, 6@3 -> of 2    | upstream_contract: INTERNAL_API_TOTAL | 9@0 6@3 | a total that sinks below what came",
                "0 | 3 | 3@0 -> of 3                       | upstream_contract: fewer users than the total | 3@0 | nobody, and a total",
                "0 | 3 | 3@1 -> 1                          | not_found:      | 3@0     | there is no such list",
                "2 | 2 | 2@2 -> 3 4, 1@0 -> 1, 1@1 -> 2    | 3 4 more        | 2@2 1@0 1@1 | compared with the users before",
                "2 | 2 | 2@2 ->                            | ''              | 2@2     | an empty page needs no comparison",
                "2 | 2 | 1@0 -> 1                          | ''              | 2@2 1@0 | not there, but the list is",
                "2 | 2 | 1@0 ->                            | ''              | 2@2 1@0 | not there, as nobody is in the list",
                "2 | 2 | 2@0 -> 1                          | not_found:      | 2@2 1@0 | there is no such list",
                "2 | 2 | 2@2 -> 1 2, 1@0 -> 1, 1@1 -> 1    | upstream_contract: parameter from | 2@2 1@0 1@1 | ignores where to begin",
                "3 | 2 | 2@3 -> 4 5, 1@0 -> 1, 1@2 -> 1    | upstream_contract: parameter from | 2@3 1@0 1@2 | has the first one before, too",
                "3 | 2 | 2@3 -> 1 2, 1@0 -> 1, 1@2 -> 3    | upstream_contract: parameter from | 2@3 1@0 1@2 | begins again past the end",
                "4 | 2 | 2@4 -> 3 4, 1@0 -> 1, 1@3 -> 4    | upstream_contract: parameter from | 2@4 1@0 1@3 | repeats its end",
                "0 | 4 | 4@0 -> 1 2, 2@2 -> 1 2            | upstream_contract: parameter from | 4@0 2@2 | repeats itself",
                "0 | 9 | 9@0 -> 1 2, 7@2 -> 3 4 5, 4@5 -> 3 4 | upstream_contract: parameter from | 9@0 7@2 4@5 | repeats a part of what came",
                "0 | 9 | 9@0 -> 1 2 3, 6@3 -> 3 4 5        | upstream_contract: parameter from | 9@0 6@3 | begins with the last one again",
                "0 | 9 | 9@0 -> 1 2 3, 6@3 -> 4 3          | upstream_contract: parameter from | 9@0 6@3 | ends with the last one again",
                "2 | 2 | 2@2 -> 3 4                        | upstream_contract: parameter from | 2@2 1@0 | has no first user",
            })
    void goesOnByOffset(int offset, int limit, String api, String end, String asked, String reason) throws Exception {
        assertEquals(end + " | " + asked, end(OFFSET, api, offset, limit), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 5 | 3@1 -> 1 2 3, 3@2 -> 4 5              | 1 2 3 4 5 more | 3@1 3@2     | full",
                "1 | 3 | 3@1 -> 1 2 3, 3@2 -> 4 5              | 2 3 4 more     | 3@1 3@2     | across two pages",
                "0 | 9 | 3@1 -> 1 2 3, 3@2 -> 4                | 1 2 3 4        | 3@1 3@2 3@3 | a short page, and then nothing",
                "0 | 9 | 3@1 -> 1 2 3, 3@2 -> 4, 3@3 ->        | 1 2 3 4        | 3@1 3@2 3@3 | and then an empty one",
                "0 | 9 | 3@1 -> 1 2 3 of 4, 3@2 -> 4 of 4      | 1 2 3 4 of 4   | 3@1 3@2     | the total is reached",
                "2 | 3 | 3@1 -> 1 2, 3@2 -> 3 4, 3@3 -> 5      | 3 4 5 more     | 3@1 3@2 3@3 | smaller pages than asked for",
                "4 | 1 | 3@1 -> 1 2, 3@2 -> 3 4, 3@3 -> 5      | 5 more         | 3@1 3@3 3@2 | compared with the page before",
                "7 | 2 | 3@1 -> 1 2 3                          | ''             | 3@1 3@3     | past the end",
                "4 | 2 | 3@1 ->                                | ''             | 3@1         | nobody",
                "0 | 2 | 3@2 -> 1                              | not_found:     | 3@1         | there is no such list",
                "0 | 2 | 3@1 -> 1 2 3 4                        | upstream_contract: parameter n | 3@1 | more than asked for",
                "9 | 2 | 3@1 -> 1 2 3 4                        | upstream_contract: parameter n | 3@1 | in a page nobody wants",
                "2 | 3 | 3@1 -> 1 2, 3@2 -> 3 4 5              | upstream_contract: INTERNAL_API_PAGE_SIZE | 3@1 3@2 | more than the first",
                "0 | 9 | 3@1 -> 1 2 3, 3@2 -> 4, 3@3 -> 5      | upstream_contract: INTERNAL_API_PAGE_SIZE | 3@1 3@2 3@3 | after a short page",
                "6 | 9 | 3@1 -> 1 2 3, 3@2 -> 4, 3@3 -> 5      | upstream_contract: INTERNAL_API_PAGE_SIZE | 3@1 3@3 3@2 | that was not asked for",
                "0 | 9 | 3@1 -> 1 2 3, 3@2 -> 1 2 3            | upstream_contract: parameter from | 3@1 3@2 | ignores the number",
                "0 | 9 | 3@1 -> 1 2 3, 3@2 -> 2 3 4            | upstream_contract: parameter from | 3@1 3@2 | goes on by one user, not by a page",
                "0 | 9 | 3@1 -> 1 2 3, 3@2 -> 4 5 6, 3@3 -> 4 5 6 | upstream_contract: parameter from | 3@1 3@2 3@3 | repeats the last",
                "6 | 9 | 3@1 -> 1 2 3, 3@2 -> 4 5 6, 3@3 -> 4 5 6 | upstream_contract: parameter from | 3@1 3@3 3@2 | that was not asked for",
                "6 | 9 | 3@1 -> 1 2 3, 3@2 -> 1 2 3, 3@3 -> 4 5 6 | upstream_contract: parameter from | 3@1 3@3 3@2 | counts from another number",
                "6 | 9 | 3@1 -> 1 2 3, 3@2 -> 4 5 6, 3@3 -> 1 2 | upstream_contract: parameter from | 3@1 3@3 3@2 | begins again past the end",
                "0 | 3 | 3@1 -> 1 2 3 of 2                     | upstream_contract: INTERNAL_API_TOTAL | 3@1 | beyond the total",
                "3 | 3 | 3@1 -> 1 2 3 of 6, 3@2 -> 4 5 6       | 4 5 6 of 6     | 3@1 3@2     | a total that the first page alone says",
                "3 | 3 | 3@1 -> 1 2 3 of 5, 3@2 -> 4 5 6       | upstream_contract: INTERNAL_API_TOTAL | 3@1 3@2 | beyond it",
                "3 | 3 | 3@1 -> 1 2 3 of 6                     | upstream_contract: fewer users than the total | 3@1 3@2 | not there, though it says so",
                "3 | 3 | 3@1 -> 1 2 3 of 6, 3@2 -> 4, 3@3 ->   | upstream_contract: fewer users than the total | 3@1 3@2 3@3 | fewer than it says",
                "8 | 3 | 3@1 -> 1 2 3 of 6, 3@3 -> 7 8 9       | of 6           | 3@1         | past it, whatever follows",
                "0 | 9 | 3@1 -> 1 2 of 3                       | upstream_contract: fewer users than the total | 3@1 3@2 | fewer than the total",
                "0 | 9 | 3@1 -> 1 2 3 of 3, 3@2 -> 4           | upstream_contract: INTERNAL_API_TOTAL | 3@1 3@2 | a page's size for a total",
                "1 | 2 | 3@1 -> 1 2 3 of 3, 3@2 -> 4           | upstream_contract: INTERNAL_API_TOTAL | 3@1 3@2 | at the end of the window too",
                "0 | 9 | 3@1 -> 1 2 3 of 3                     | 1 2 3 of 3     | 3@1 3@2     | a full page that is all",
                "0 | 9 | 3@1 -> 1 2 3 of 3, 3@2 -> 403         | 1 2 3 of 3     | 3@1 3@2     | past which the API fails",
                "0 | 9 | 3@1 -> 1 2 3 of 3, 3@2 -> of 0        | 1 2 3 of 3     | 3@1 3@2     | of nobody past its end",
                "0 | 9 | 3@1 -> 1 2 3 of 3, 3@2 -> 1 2 3 of 3  | 1 2 3 of 3     | 3@1 3@2     | given again past its end",
                "0 | 9 | 3@1 -> 1 2 of 2                       | 1 2 of 2       | 3@1         | a page that is not full",
                "0 | 2 | 3@1 -> 1 2 3 of 3                     | 1 2 of 3 more  | 3@1         | users remain",
            })
    void goesOnByPage(int offset, int limit, String api, String end, String asked, String reason) throws Exception {
        assertEquals(end + " | " + asked, end(PAGE, api, offset, limit), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 9 | first -> 1 2 next ?c=1, c=1 -> 3       | 1 2 3      | first c=1 | to the end",
                "0 | 2 | first -> 1 2 next ?c=1                 | 1 2 more   | first     | there is a next one",
                "0 | 1 | first -> 1 2                           | 1 more     | first     | users remain",
                "0 | 2 | first -> 1 2                           | 1 2        | first     | neither",
                "1 | 2 | first -> 1 2 next ?c=1, c=1 -> 3 4     | 2 3 more   | first c=1 | across two answers",
                "2 | 2 | first -> 1 2 next ?c=1, c=1 -> 3       | 3          | first c=1 | out of the second",
                "0 | 2 | first -> next ?c=1, c=1 -> next ?c=2, c=2 -> 1 | 1  | first c=1 c=2 | past empty answers",
                "0 | 9 | first -> 1 next ?c=1, c=1 ->           | 1          | first c=1 | to an empty one",
                "5 | 9 | first -> 1 next ?c=1, c=1 -> 2         | ''         | first c=1 | past the end",
                "0 | 9 | first -> 1 2 of 2 next ?c=1            | 1 2 of 2   | first c=1 | the total is reached, and nothing follows",
                "0 | 9 | first -> 1 2 of 2 next ?c=1, c=1 ->    | 1 2 of 2   | first c=1 | nor anybody",
                "0 | 9 | first -> 1 2 of 2 next ?c=1, c=1 -> 1 2 of 2 | 1 2 of 2 | first c=1 | nor anybody new",
                "0 | 9 | first -> 1 2 of 2 next ?c=1, c=1 -> of 0 | 1 2 of 2 | first c=1 | nor is anybody counted",
                "0 | 9 | first -> 1 2 of 2 next ?c=1, c=1 -> next ?c=2 | 1 2 of 2 | first c=1 | which always names one more",
                "0 | 9 | first -> 1 2 of 2 next ?c=1, c=1 -> unlisted | 1 2 of 2 | first c=1 | nor is there a list",
                "0 | 9 | first -> 1 2 of 2 next ?c=1, c=1 -> 400 | 1 2 of 2 | first c=1 | nor may it be asked for",
                "0 | 9 | first -> 1 2 of 3 next ?c=1, c=1 -> 400 | upstream_contract: status | first c=1 | before the total it may",
                "0 | 9 | first -> 1 2 of 3 next ?c=1, c=1 -> next ?c=2, c=2 -> 3 | 1 2 3 of 3 | first c=1 c=2 | an empty answer before the total",
                "0 | 9 | first -> 1 2 of 2 next ?c=1, c=1 -> 3 of 1 | upstream_contract: INTERNAL_API_TOTAL | first c=1 | a total of what was sent",
                "0 | 2 | first -> 1 2 of 2 next ?c=1, c=1 -> 3  | upstream_contract: INTERNAL_API_TOTAL | first c=1 | at the end of the window too",
                "2 | 9 | first -> 1 of 2 next ?c=1              | of 2       | first     | at the total",
                "0 | 1 | first -> 1 2 of 2                      | 1 of 2 more | first    | the total says that there are more",
                "0 | 9 | first -> 1 of 3 next ?c=1, c=1 -> 2    | upstream_contract: fewer users than the total | first c=1 | fewer than the total",
                "0 | 1 | first -> 1 2 of 3                      | upstream_contract: fewer users than the total | first | as the end shows already",
                "0 | 9 | first -> 1 2 of 1                      | upstream_contract: INTERNAL_API_TOTAL | first | beyond the total",
                "0 | 9 | first -> 1 next ?c=1                   | upstream_contract: leads to nothing | first c=1 | leads to nothing",
                "0 | 9 | first -> next ?c=1                     | upstream_contract: leads to nothing | first c=1 | leads to nothing past nobody",
                "0 | 9 | c=1 -> 1                               | not_found:  | first    | there is no such list",
                "0 | 9 | first -> 1 next ?c=1, c=1 -> 2 next ?%63=1 | upstream_contract: asked before | first c=1 | in a circle",
                "0 | 9 | first -> 1 next /d/sales               | upstream_contract: asked before | first | to itself",
                "0 | 1 | first -> 1 next /d/hr?c=1              | upstream_contract: INTERNAL_API_DEPARTMENT_PATH | first | to another list",
                "0 | 9 | first -> 1 2 next ?c=1, c=1 -> 1 2 next ?c=2 | upstream_contract: came before | first c=1 | the same users again",
                "0 | 9 | first -> 1 next ?c=1, c=1 -> 2 next ?c=2, c=2 -> 2 | upstream_contract: came before | first c=1 c=2 | the same answer again",
            })
    void goesOnByLink(int offset, int limit, String api, String end, String asked, String reason) throws Exception {
        assertEquals(end + " | " + asked, end(LINK, api, offset, limit), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 9 | 9@0 -> 2 3 second                    | 9@0     | at once",
                "0 | 9 | 9@0 -> second                        | 9@0     | though nobody is in it",
                "2 | 9 | 9@2 -> 4 second, 1@0 -> 2 second     | 9@2 1@0 | when it is asked for",
            })
    void noticesThatTheFirstAnswerIsNotTheFirst(int offset, int limit, String api, String asked, String reason)
            throws Exception {
        assertEquals("upstream_contract: INTERNAL_API_START_FIRST | " + asked, end(OFFSET, api, offset, limit), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "offset | 2@0 -> 1 2, 2@2 -> 3 4, 1@0 -> 1 | 2@0 -> 9 1, 2@2 -> 2 3, 1@0 -> 9, 1@1 -> 1 | 2 3 more",
                "page   | 3@1 -> 1 2 3, 3@2 -> 4 5 6       | 3@1 -> 9 1 2, 3@2 -> 3 4 5                 | 3 4 more",
                "offset | 2@0 -> 1 2, 2@2 -> 3 4, 1@0 -> 1 | 2@2 -> 2 3, 1@0 -> 9, 1@1 -> 2 | upstream_contract: parameter from",
                "page   | 3@1 -> 1 2 3 of 5, 3@2 -> 4 5 of 5 | 3@1 -> 1 2 3 of 3, 3@2 -> 404 | of 3",
                "page   | 3@1 -> 1 2 3 of 4, 3@2 -> 4      | 3@1 -> 1 2 3 of 5, 3@2 -> 4 5              | 4 5 more",
            })
    void goesOnWhereTheListHasChanged(String kind, String before, String after, String end) throws Exception {
        boolean pages = kind.equals("page");
        Map<String, String> answers = new TreeMap<>(answers(before));
        try (RawApi raw = raw(answers)) {
            UserApi lists = loopback.open(UserApiFactory.settings(URI.create(raw.url())));
            String first = end(lists, pages ? PAGE : OFFSET, 0, pages ? 3 : 2);
            assertEquals(pages ? "1 2 3 more" : "1 2 more", first.replaceFirst(" of [0-9]+", ""));
            answers.putAll(answers(after));
            assertEquals(end, end(lists, pages ? PAGE : OFFSET, pages ? 3 : 2, 2));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 9 | first -> 1 2 next ?c=1      | upstream_contract: /next | at the end of the answer",
                "1 | 1 | first -> 1 2 next ?c=1      | upstream_contract: /next | at the end of the window",
                "5 | 9 | first -> 1 2 next ?c=1      | upstream_contract: /next | past the end",
                "0 | 1 | first -> 1 2 next ?c=1      | upstream_contract: /next | though users remain",
                "0 | 9 | first -> 1 2 of 2 next ?c=1 | 1 2 of 2                 | the total is believed",
                "0 | 9 | first -> 1 2                | 1 2                      | nothing is there",
            })
    void noticesThatTheNextAddressStandsElsewhere(int offset, int limit, String api, String end, String reason)
            throws Exception {
        assertEquals(end + " | first", end(new Paging.Link(Optional.empty()), api, offset, limit), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "offset | 2@0 -> 1 2, 2@2 -> 3 4, 2@4 -> 5, 1@5 -> | 1 2 more; 3 4 more; 5 | 2@0 2@2 2@4 1@5",
                "page   | 3@1 -> 1 2 3, 3@2 -> 4 5 6               | 1 2 more; 3 4 more; 5 6 more; ' ' | 3@1 3@1 3@2 3@2 3@3 3@1",
                "page   | 3@1 -> 1 2 3 of 4, 3@2 -> 4              | 1 2 of 4 more; 3 4 of 4 | 3@1 3@1 3@2",
                "page   | 3@1 -> 1 2 3 of 6, 3@2 -> 4 5            | 1 2 of 6 more; 3 4 of 6 more; upstream_contract: fewer users than the total | 3@1 3@1 3@2 3@2 3@3 3@1 3@1 3@2 3@3",
                "offset | 2@0 -> 1 2 of 4, 1@0 -> 1 of 4           | 1 2 of 4 more; upstream_contract: fewer users than the total | 2@0 2@2 1@0 2@2 1@0",
                "link   | first -> 1 2 3 next ?c=1, c=1 -> 4 5     | 1 2 more; 3 4 more; 5 | first first c=1 c=1",
                "link   | first -> 1 2 next ?c=1, c=1 -> 3 4 next ?c=2, c=2 -> 5 | 1 2 more; 3 4 more; 5 | first c=1 c=2",
                "link   | first -> 1 2 of 4 next ?c=1, c=1 -> 3 4  | 1 2 of 4 more; 3 4 | first c=1",
            })
    void goesOnWhereACallHasLeftOff(String kind, String api, String ends, String asked) throws Exception {
        Paging paging = kind.equals("offset") ? OFFSET : kind.equals("page") ? PAGE : LINK;
        try (RawApi raw = raw(api)) {
            UserApi lists = loopback.open(UserApiFactory.settings(URI.create(raw.url())));
            List<String> found = new ArrayList<>();
            for (int offset = 0; offset == 0 || found.get(found.size() - 1).endsWith("more"); offset += 2) {
                found.add(end(lists, paging, offset, 2));
            }
            assertEquals(ends.replace("' '", ""), String.join("; ", found));
            assertEquals(asked, asked(raw));
        }
    }

    @Test
    void beginsAgainWhereThatWasForgotten() throws Exception {
        try (RawApi raw = raw("first -> 1 2 next ?c=1, c=1 -> 3 4, 2@0 -> 1 2, 2@2 -> 3 4, 1@0 -> 1, 1@1 -> 2")) {
            UserApi lists = loopback.open(UserApiFactory.settings(URI.create(raw.url())));
            for (Paging paging : List.of(LINK, OFFSET)) {
                end(lists, paging, 0, 2);
                loopback.time().advance(Duration.ofMinutes(5));
                assertEquals("3 4", end(lists, paging, 2, 2).replace(" more", ""));
            }
            assertEquals("first first c=1 2@0 2@2 1@0 1@1", asked(raw));
        }
    }

    @Test
    void knowsThePartBeforeThoughItHasForgottenTheFirst() throws Exception {
        Map<String, String> answers = new TreeMap<>(answers("3@1 -> 1 2, 3@2 -> 3 4, 3@3 -> 5 6, 3@4 -> 7 8"));
        try (RawApi raw = raw(answers)) {
            UserApi lists = loopback.open(UserApiFactory.settings(URI.create(raw.url())));
            assertEquals("1 2 more", end(lists, PAGE, 0, 2));
            loopback.time().advance(Duration.ofMinutes(4));
            assertEquals("3 4 more", end(lists, PAGE, 2, 2));
            assertEquals("5 6 more", end(lists, PAGE, 4, 2));
            loopback.time().advance(Duration.ofMinutes(1));
            assertEquals("7 8 more", end(lists, PAGE, 6, 2));
            assertEquals("3@1 3@2 3@3 3@1 3@4", asked(raw));
            loopback.time().advance(Duration.ofMinutes(4));
            assertEquals("5 6 more", end(lists, PAGE, 4, 2));
            loopback.time().advance(Duration.ofMinutes(1));
            answers.putAll(answers("3@1 -> 1 2 9, 3@2 -> 3 4 5, 3@3 -> 6 7 8"));
            assertEquals("6 7 more", end(lists, PAGE, 6, 2), "of pages that have another size by now");
        }
    }

    @Test
    void beginsAgainWhereTheApiContradictsWhatIsRemembered() throws Exception {
        Map<String, String> answers = new TreeMap<>(answers("3@1 -> 1 2, 3@2 -> 3 4"));
        try (RawApi raw = raw(answers)) {
            UserApi lists = loopback.open(UserApiFactory.settings(URI.create(raw.url())));
            assertEquals("1 2 more", end(lists, PAGE, 0, 2));
            answers.putAll(answers("3@1 -> 1 2 9, 3@2 -> 3 4 5"));
            assertEquals("9 3 more", end(lists, PAGE, 2, 2));
            assertEquals("3@1 3@2 3@1 3@2", asked(raw));
        }
    }

    @Test
    void findsACircleAcrossCalls() throws Exception {
        try (RawApi raw = raw("first -> 1 next ?c=1, c=1 -> 2 next ?c=2, c=2 -> 3 next ?c=1")) {
            UserApi lists = loopback.open(UserApiFactory.settings(URI.create(raw.url())));
            assertEquals("1 more", end(lists, LINK, 0, 1));
            assertEquals("2 more", end(lists, LINK, 1, 1));
            assertEquals("upstream_contract: asked before", end(lists, LINK, 2, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"link", "offset"})
    void asksNoMoreThanAThousandTimes(String kind) {
        List<JsonNode> asked = new ArrayList<>();
        Deque<Runnable> pending = new ArrayDeque<>();
        BiFunction<URI, Selection, CompletableFuture<Fetched>> endless = (address, selection) -> {
            asked.add(Json.object().put("id", asked.size()));
            List<JsonNode> one = kind.equals("link") ? List.of() : asked.subList(asked.size() - 1, asked.size());
            Optional<String> next = Optional.of("?c=" + asked.size());
            List<Long> marks = one.isEmpty() ? List.of() : List.of((long) asked.size());
            Fetched found = new Fetched(true, one, marks, one.size(), OptionalLong.empty(), next, Optional.empty());
            CompletableFuture<Fetched> answer = new CompletableFuture<>();
            pending.add(() -> answer.complete(found));
            return answer;
        };
        ApiRequest request = request(kind.equals("link") ? LINK : OFFSET, 0, 5000);
        CompletableFuture<String> end = new Walk(
                        request, URI.create("https://users.corp.example"), endless, new Continuations(() -> 0))
                .begin()
                .handle((answer, failure) -> failure.getCause().getMessage());
        while (!pending.isEmpty()) {
            pending.remove().run();
        }
        assertEquals("the list takes more than 1,000 requests for one call", end.join());
        assertEquals(1000, asked.size());
    }

    @ParameterizedTest
    @CsvSource({
        "'Link: </d/sales?page=2>; rel=\"next\"', 'upstream_contract: Link header'",
        "'Link: </d/sales?page=1>; rel=\"prev\"', '1 2 of 2'",
        "'Link: /d/sales',                        'upstream_contract: cannot be read'",
    })
    void readsTheLinkHeaderOfAWholeList(String header, String end) throws Exception {
        String answer = RawApi.response("200 OK", "{\"users\":[{\"id\":1},{\"id\":2}]}", header);
        try (RawApi raw = RawApi.always(answer)) {
            assertEquals(end, end(loopback.open(UserApiFactory.settings(URI.create(raw.url()))), WHOLE, 0, 5));
        }
    }

    @Test
    void saysThatAListMayBeginElsewhereWhereItEndsBeforeItsTotal() throws Exception {
        try (RawApi raw = raw("9@0 -> 2 3 of 3, 7@2 -> of 3")) {
            UserApi lists = loopback.open(UserApiFactory.settings(URI.create(raw.url())));
            CompletableFuture<ApiAnswer> list = lists.get(request(OFFSET, 0, 9), call());
            CallFailure failure = (CallFailure)
                    assertThrows(ExecutionException.class, () -> list.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                            .getCause();
            assertEquals(
                    Optional.of(
                            "check INTERNAL_API_TOTAL, and INTERNAL_API_PAGINATION with the settings that belong to it"),
                    failure.remedy());
        }
    }

    @Test
    void givesItsPlaceBackBetweenRequests() throws Exception {
        Map<String, String> answers = answers("first -> 1 next ?c=1, c=1 -> 2");
        RawApi.Gate gate = new RawApi.Gate((request, socket) ->
                RawApi.write(socket, RawApi.ok(answers.getOrDefault(request.target(), "{\"users\":[{\"id\":7}]}"))));
        try (RawApi raw = new RawApi(gate)) {
            UserApi lists = loopback.open(UserApiFactory.settings(URI.create(raw.url()), 0, 2048, 1));
            CompletableFuture<ApiAnswer> list = lists.get(request(LINK, 0, 9), call());
            gate.await(1);
            ApiRequest other = ApiRequest.record(path("/u/{department}"), "7", List.of());
            CompletableFuture<ApiAnswer> user = lists.get(other, call());
            gate.letGo(3);
            assertEquals("1 2", describe(list));
            user.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertEquals(List.of("/d/sales", "/u/7", "/d/sales?c=1"), raw.targets());
            assertEquals(1, raw.most());
        }
    }

    /** Returns how a call ends, and what was asked for. */
    private String end(Paging paging, String api, int offset, int limit) throws Exception {
        try (RawApi raw = raw(api)) {
            UserApi lists = loopback.open(UserApiFactory.settings(URI.create(raw.url())));
            return end(lists, paging, offset, limit) + " | " + asked(raw);
        }
    }

    private String end(UserApi lists, Paging paging, int offset, int limit) throws Exception {
        return describe(lists.get(request(paging, offset, limit), call()));
    }

    /** Returns the users, the total and whether there may be more, or the code and what of its sentence is known. */
    private static String describe(CompletableFuture<ApiAnswer> answer) throws Exception {
        try {
            ApiAnswer found = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            String users = found.records().stream()
                    .map(user -> user.path("id").asText())
                    .collect(Collectors.joining(" "));
            String total = found.total().isPresent() ? " of " + found.total().getAsLong() : "";
            return (users + total + (found.more() ? " more" : "")).strip();
        } catch (ExecutionException e) {
            CallFailure failure = (CallFailure) e.getCause();
            String seen = Stream.of(
                            "parameter n",
                            "parameter from",
                            "cannot be read",
                            "Link header",
                            "/next",
                            "its total",
                            "asked before",
                            "came before",
                            "leads to nothing",
                            "INTERNAL_API_LIST_POINTER",
                            "fewer users than the total",
                            "INTERNAL_API_TOTAL",
                            "INTERNAL_API_PAGE_SIZE",
                            "INTERNAL_API_START_FIRST",
                            "INTERNAL_API_DEPARTMENT_PATH",
                            "404",
                            "status")
                    .filter((failure.getMessage() + "; " + failure.remedy().orElse(""))::contains)
                    .findFirst()
                    .orElse(failure.getMessage());
            String label = failure.code().label() + ":";
            return label.equals("not_found:") ? label : label + " " + seen.replace("its ", "");
        }
    }

    private static ApiRequest request(Paging paging, int offset, int limit) {
        ListLayout layout = new ListLayout(
                JsonPointer.compile("/users"), paging, Optional.of(JsonPointer.compile("/total")), Optional.empty());
        List<JsonPointer> fields = List.of(JsonPointer.compile("/id"));
        return new ApiRequest(path("/d/{department}"), "sales", fields, Optional.of(layout), offset, limit);
    }

    private static PathTemplate path(String template) {
        return PathTemplate.parse(template, "department");
    }

    private Call call() {
        return new Call("6f0c1d2e-1", TraceContext.NONE, Duration.ofSeconds(20), loopback.time());
    }

    private static RawApi raw(String api) throws IOException {
        return raw(answers(api));
    }

    private static RawApi raw(Map<String, String> answers) throws IOException {
        return new RawApi((request, socket) -> {
            String answer = answers.getOrDefault(request.target(), "404");
            boolean body = answer.startsWith("{");
            RawApi.write(socket, body ? RawApi.ok(answer) : RawApi.response(answer + " Refused", "{}"));
        });
    }

    /** Reads an API as it is written above, into an answer for each target. */
    private static Map<String, String> answers(String api) {
        Map<String, String> answers = new TreeMap<>();
        for (String line : api.split(",")) {
            String[] sides = line.strip().split(" *-> *", 2);
            String query = sides[0].replaceFirst("first", "").replaceFirst("([0-9]+)@([0-9]+)", "n=$1&from=$2");
            answers.put(
                    "/d/sales" + (query.isEmpty() ? "" : "?" + query),
                    sides[1].matches("40[034]") ? sides[1] : body(sides[1]));
        }
        return answers;
    }

    private static String body(String answer) {
        var body = Json.object();
        var users = body.putArray("users");
        String[] words = answer.strip().split(" +");
        for (int i = 0; i < words.length; i++) {
            switch (words[i]) {
                case "" -> {}
                case "of" -> body.put("total", Long.parseLong(words[++i]));
                case "next" -> body.put("next", words[++i]);
                case "second" -> body.put("first", false);
                case "unlisted" -> body.remove("users");
                default -> users.addObject().put("id", Integer.parseInt(words[i]));
            }
        }
        return Json.text(body);
    }

    private static String asked(RawApi raw) {
        return raw.targets().stream()
                .map(target -> target.replaceFirst("/d/sales\\??", ""))
                .map(query -> query.isEmpty() ? "first" : query.replaceFirst("n=([0-9]+)&from=([0-9]+)", "$1@$2"))
                .collect(Collectors.joining(" "));
    }
}

package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.userservice.model.CallFailure;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LinkedAnswerTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "?c=1                                        | ?c=1                  | a query alone",
                "users?c=1                                   | ?c=1                  | beside the first",
                "../d/users?c=1                              | ?c=1                  | by way of the folder above",
                "/v1/d/users?c=1                             | ?c=1                  | a path",
                "//api.corp.example/v1/d/users?c=1           | ?c=1                  | a host",
                "https://api.corp.example/v1/d/users?c=1     | ?c=1                  | in full",
                "https://API.corp.EXAMPLE:443/v1/d/users?c=1 | ?c=1                  | the default port, in any case",
                "HTTPS://api.corp.example/v1/d/users?c=1     | ?c=1                  | the scheme in any case",
                "/v1/%64/users?c=1                           | ?c=1                  | encoded where that is not needed",
                "?c=%2Fa%2f+b%20&$d='x'                      | ?c=%2Fa%2f+b%20&$d='x' | the query as it came",
                "?c=ü                                        | ?c=%C3%BC             | what no address may hold is encoded",
                "https://api.corp.example:8443/v1/d/users?c=1 | INTERNAL_API_URL     | another port",
                "http://api.corp.example/v1/d/users?c=1      | INTERNAL_API_URL      | another scheme",
                "http://api.corp.example:443/v1/d/users?c=1  | INTERNAL_API_URL      | another scheme on the same port",
                "https://evil.example/v1/d/users?c=1         | INTERNAL_API_URL      | another host",
                "https://api.corp.example.evil.example/v1/d/users?c=1 | INTERNAL_API_URL | a longer host",
                "https://api.corp.example@evil.example/v1/d/users?c=1 | INTERNAL_API_URL | another host after a name",
                "https://ada:x@api.corp.example/v1/d/users?c=1 | user information    | a name before the host",
                "mailto:users                                | INTERNAL_API_URL      | no place",
                "/v1/d/users/?c=1                            | INTERNAL_API_DEPARTMENT_PATH | a path below",
                "/v1/d%2Fusers?c=1                           | INTERNAL_API_DEPARTMENT_PATH | a slash that is none",
                "https://api.corp.example/v1/x/../d/users?c=1 | INTERNAL_API_DEPARTMENT_PATH | a way around",
                "/v1/D/users?c=1                             | INTERNAL_API_DEPARTMENT_PATH | another case",
                "/admin?c=1                                  | INTERNAL_API_DEPARTMENT_PATH | another path",
                "?c=0                                        | asked before          | the first again",
                "?%63=0                                      | asked before          | the first again, encoded",
                "#top                                        | asked before          | a place within the first",
                "/v1/d/users?a b                             | not a URI             | a space",
                "?c=%zz                                      | not a URI             | no such encoding",
            })
    void leadsToTheSameListOnly(String text, String end, String reason) {
        LinkedAnswer first = first("https://api.corp.example/v1/d/users?c=0");
        assertEquals(end, next(first, text), reason);
    }

    @ParameterizedTest
    @CsvSource({
        "https://h/u,     https://h:443/u?a=1,   ?a=1",
        "http://h/u,      http://h:80/u?a=1,     ?a=1",
        "http://h:8080/u, http://h:8080/u?a=1,   ?a=1",
        "http://[::1]/u,  http://[::1]:80/u?a=1, ?a=1",
        "http://h:8080/u, http://h/u?a=1,        INTERNAL_API_URL",
        "https://h/u?a=1, /u,                    ''",
    })
    void countsADefaultPortAsNone(String first, String next, String end) {
        assertEquals(end, next(first(first), next));
    }

    @Test
    void readsNoLongerAddressThanItShould() {
        LinkedAnswer first = first("https://h/u");
        assertEquals("?" + "a".repeat(2047), next(first, "?" + "a".repeat(2047)));
        assertEquals("2,048", next(first, "?" + "a".repeat(2048)));
    }

    @Test
    void passesNoAddressTwice() {
        LinkedAnswer second = first("https://h/u").next("?c=1", Seen.Part.NONE);
        LinkedAnswer third = second.next("?c=2", Seen.Part.NONE);
        assertEquals("asked before", next(third, "?c=1"));
        assertEquals("asked before", next(third, "?c=2"));
        assertEquals("?c=3", next(third, "?c=3"));
    }

    private LinkedAnswer first(String address) {
        return LinkedAnswer.first(URI.create(address));
    }

    /** Returns the query, or what the refusal says. */
    private String next(LinkedAnswer answer, String text) {
        try {
            String query = answer.next(text, Seen.Part.NONE).address().getRawQuery();
            return query == null ? "" : "?" + query;
        } catch (CallFailure e) {
            assertEquals("upstream_contract", e.code().label());
            return e.getMessage()
                    .replaceFirst(".*(INTERNAL_API_[A-Z_]+|user information|asked before|not a URI|2,048).*", "$1");
        }
    }
}

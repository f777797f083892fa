package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PathTemplateTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/users/{user_id}          | 123            | /users/123                        | a segment",
                "/users/{user_id}/profile  | 123            | /users/123/profile                | with more after it",
                "/users?id={user_id}       | 123            | /users?id=123                     | a query value",
                "/u?id={user_id}&v=2       | 123            | /u?id=123&v=2                     | with more after it",
                "/u%20s/{user_id}          | 123            | /u%20s/123                        | an encoded template",
                "/{user_id}                | AZaz09-._~     | /AZaz09-._~                       | unreserved characters",
                "/{user_id}                | a/b            | /a%2Fb                            | no further segment",
                "/{user_id}                | ../admin       | /..%2Fadmin                       | no way up",
                "/{user_id}                | 1?x=2#y        | /1%3Fx%3D2%23y                    | no query, no fragment",
                "/u?id={user_id}           | 1&admin=1      | /u?id=1%26admin%3D1               | no further parameter",
                "/{user_id}                | a b+c%41       | /a%20b%2Bc%2541                   | nothing is decoded twice",
                "/{user_id}                | José ✓ 😀      | /Jos%C3%A9%20%E2%9C%93%20%F0%9F%98%80 | UTF-8",
                "/{user_id}                | {user_id}      | /%7Buser_id%7D                    | a value is no template",
                "/a/{user_id}/b?c=d        | ''             | /a//b?c=d                         | an empty value",
            })
    void encodesTheValueAsOneSegmentOrQueryValue(String template, String value, String expanded, String reason) {
        assertEquals(expanded, PathTemplate.parse(template, "user_id").expand(value), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                          | must begin with one slash",
                "users/{user_id}             | must begin with one slash",
                "{user_id}/users             | must begin with one slash",
                "//other.host/{user_id}      | must begin with one slash",
                "https://host/{user_id}      | must begin with one slash",
                "/users                      | must hold the placeholder {user_id}",
                "/users/{department}         | must hold the placeholder {user_id}",
                "/users/{USER_ID}            | must hold the placeholder {user_id}",
                "/{user_id}/{user_id}        | must hold no placeholder but {user_id}, once",
                "/{user_id}/{department}     | must hold no placeholder but {user_id}, once",
                "/{user_id}}                 | must hold no placeholder but {user_id}, once",
                "/a b/{user_id}              | must be a path, or a path and a query, percent-encoded (brackets as %5B and %5D)",
                "/josé/{user_id}             | must be a path, or a path and a query, percent-encoded (brackets as %5B and %5D)",
                "/a%2/{user_id}              | must be a path, or a path and a query, percent-encoded (brackets as %5B and %5D)",
                "/a%zz/{user_id}             | must be a path, or a path and a query, percent-encoded (brackets as %5B and %5D)",
                "/{user_id}#top              | must be a path, or a path and a query, percent-encoded (brackets as %5B and %5D)",
                "/a\\b/{user_id}             | must be a path, or a path and a query, percent-encoded (brackets as %5B and %5D)",
                "/a?b?c={user_id}            | must hold one question mark at most",
                "/a/../{user_id}             | must hold no segment . or ..",
                "/./{user_id}                | must hold no segment . or ..",
                "/a/%2e%2E/{user_id}         | must hold no segment . or ..",
                "/a/.%2e/{user_id}           | must hold no segment . or ..",
                "/{user_id}/..               | must hold no segment . or ..",
                "/{user_id}/..?a=b           | must hold no segment . or ..",
            })
    void refusesWhatIsNoPath(String template, String sentence) {
        Exception refusal = assertThrows(IllegalArgumentException.class, () -> PathTemplate.parse(template, "user_id"));
        assertEquals(sentence, refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "/users/{user_id},       false",
        "/users?id={user_id},    true",
        "/{user_id}?full=true,   true",
    })
    void knowsWhetherAQueryHasBegun(String template, boolean query) {
        assertEquals(query, PathTemplate.parse(template, "user_id").hasQuery());
    }

    @ParameterizedTest
    @CsvSource({
        "/u/{department},      /u/sales?limit=50&offset=100,    begins a query",
        "/u?d={department},    /u?d=sales&limit=50&offset=100,  goes on with a query",
    })
    void addsQueryParametersInOrder(String template, String target, String reason) {
        ApiRequest request = ApiRequest.record(PathTemplate.parse(template, "department"), "sales", List.of());
        URI base = URI.create("https://users.corp.example/v1");
        Paging.Numbered paging = new Paging.Numbered("limit", "offset", 0, OptionalInt.empty());
        assertEquals(URI.create(base + target), request.address(base, paging, 50, 100), reason);
    }
}

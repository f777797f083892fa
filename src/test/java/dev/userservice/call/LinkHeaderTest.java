package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.userservice.model.CallFailure;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LinkHeaderTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<https://h/u?page=2>; rel=\"next\"                            | https://h/u?page=2 | quoted",
                "<https://h/u?page=2>;rel=next                                 | https://h/u?page=2 | a token",
                "<?page=2> ; REL = \"NeXt\"                                    | ?page=2 | in any case, spaces around",
                "<a>; rel=\"prev\", <b>; rel=\"next\", <c>; rel=\"last\"       | b       | several links in one",
                "<a>; rel=\"last next\"                                        | a       | several relations in one",
                "<a>; rel=\"nextest\", <b>; rel=\"x-next\"                     | none    | longer words",
                "<a>; title=\"rel=next\", <b>; title=\"x\\\"; rel=next\"       | none    | within another parameter",
                "<a,b;c>; rel=next                                             | a,b;c   | separators in the target",
                "<a>; title=\"x, <y>; z\"; rel=next                            | a       | separators in a parameter",
                "<a>; rel=prev; rel=next                                       | none    | the first relation counts",
                "<a>; rel=next; rel=prev                                       | a       | the first relation counts",
                "<a>; rel=next; anchor=\"#b\"                                  | none    | about another page",
                "<a>; crossorigin; rel=next; title*=UTF-8''x                   | a       | other parameters",
                "<a>                                                           | none    | no relation",
                "<>; rel=next                                                  | ``      | the page itself",
                " , ,<a>; rel=next,                                            | a       | empty elements",
                "``                                                            | none    | empty",
                "https://h/u; rel=next                                         | unreadable | no brackets",
                "<a; rel=next                                                  | unreadable | one bracket",
                "<a>; title=\"x; rel=next                                      | unreadable | one quote",
                "<a>; rel=prev <b>; rel=next                                   | unreadable | no comma",
                "<a>; rel=next, b                                              | a       | what comes after is of no use",
            })
    void findsTheNext(String line, String target, String reason) {
        assertEquals(target, next(List.of(line)), reason);
    }

    @Test
    void readsEveryLine() {
        assertEquals("b", next(List.of("<a>; rel=prev", "<b>; rel=next")));
        assertEquals("none", next(List.of()));
    }

    @Test
    void readsALongLine() {
        String many = "<a>; rel=\"" + "\\x".repeat(100_000) + "\"" + "; x".repeat(100_000) + ", ";
        assertEquals("b", next(List.of(many + "<a>; rel=prev, ".repeat(100_000) + "<b>; rel=next")));
    }

    private static String next(List<String> lines) {
        try {
            return LinkHeader.next(lines).orElse("none");
        } catch (CallFailure e) {
            assertEquals(Optional.of("upstream_contract"), Optional.of(e.code().label()));
            return "unreadable";
        }
    }
}

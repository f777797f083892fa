package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import dev.userservice.Layouts;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SelectionTest {

    @ParameterizedTest
    @CsvSource({
        "0,       1,   0,                   true,  the first",
        "0,       1,   1,                   false, the one after the last",
        "50,      50,  49,                  false, the one before the first",
        "50,      50,  50,                  true,  the first of a later window",
        "50,      50,  99,                  true,  its last",
        "50,      50,  100,                 false, the one after it",
        "1000000, 100, 1000099,             true,  the last window",
        "0,       100, 4294967296,          false, an index beyond an int",
        "2147483647, 100, 2147483700,       true,  a window that ends beyond an int",
    })
    void wantsTheWindowOnly(int offset, int limit, long index, boolean wanted, String reason) {
        assertEquals(wanted, new Selection(List.of(), Optional.empty(), offset, limit).wants(index), reason);
    }

    @Test
    void leadsDownToTheFieldsOfARecord() {
        Selection.Branch root =
                new Selection(pointers("/id", "/profile/name", "/profile/mails/0"), Optional.empty(), 0, 1).root();
        assertTrue(descend(root, "id").value);
        assertFalse(descend(root, "profile").value);
        assertTrue(descend(root, "profile", "name").value);
        assertTrue(descend(root, "profile", "mails", "0").value);
        assertEquals(Optional.empty(), root.child("ssn"));
        assertEquals(Optional.empty(), root.child("total"));
        assertEquals(Optional.empty(), root.items);
    }

    @Test
    void leadsDownToTheListAndTheTotalBesideIt() {
        Selection.Branch root =
                new Selection(pointers("/id"), Optional.of(Layouts.list("/data/users", Layouts.WHOLE)), 0, 1).root();
        assertTrue(
                descend(root, "data", "users").items.orElseThrow().child("id").orElseThrow().value);
        assertTrue(descend(root, "total").value);
        assertEquals(Optional.empty(), descend(root, "data").child("total"));
    }

    @Test
    void readsEscapedNames() {
        Selection.Branch root = new Selection(pointers("/a~1b~0c"), Optional.empty(), 0, 1).root();
        assertTrue(descend(root, "a/b~c").value);
    }

    private static Selection.Branch descend(Selection.Branch root, String... names) {
        Selection.Branch branch = root;
        for (String name : names) {
            branch = branch.child(name).orElseThrow();
        }
        return branch;
    }

    private static List<JsonPointer> pointers(String... pointers) {
        return List.of(pointers).stream().map(JsonPointer::compile).toList();
    }
}

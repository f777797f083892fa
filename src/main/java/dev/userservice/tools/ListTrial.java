package dev.userservice.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.call.ListLayout;
import dev.userservice.call.Paging;
import dev.userservice.model.IdFormat;
import dev.userservice.model.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Tries the list of a department's users: where the settings do not fit the API, a question finds nobody, or the
 * answers to several do not go together.
 *
 * @param list how the API is taken to give out the list
 * @param departments those that may be listed
 */
public record ListTrial(ApiLayout layout, ListLayout list, List<String> departments) implements Trial {

    private static final String DEPARTMENT = ListUsersByDepartment.DEPARTMENT;
    private static final String LIMIT = ListUsersByDepartment.LIMIT.name();
    private static final String OFFSET = ListUsersByDepartment.OFFSET.name();

    /** A place in the list and who stands there. */
    private record Place(long number, String user) {}

    /** Returns questions about the first user of each department; the first that finds anybody shows a user. */
    public List<ObjectNode> questions() {
        return departments.stream()
                .map(name -> Json.object().put(DEPARTMENT, name).put(LIMIT, 1))
                .toList();
    }

    /** Returns the ID of the first user in an answer, if there is one. */
    public Optional<String> user(JsonNode answer) {
        return Optional.ofNullable(answer.at("/users/0/id").textValue());
    }

    /**
     * Returns further questions after one and its answer: about a user of the second page; about pages of two sizes,
     * where the API knows more than one; and about the last user, where a total is known, who is not there if it is too
     * large. None is about a user after the 1,000th, by link the 500th: an API may refuse that or take long.
     */
    public List<ObjectNode> further(ObjectNode question, JsonNode answer) {
        Paging paging = list.paging();
        long next = paging.fold(whole -> 1, numbered -> numbered.ask(1), link -> 1);
        long furthest = paging instanceof Paging.Link ? 499 : 999;
        long last = Math.max(1, answer.path("total").asLong(next + 1) - 1);
        Set<ObjectNode> further = new LinkedHashSet<>(List.of(part(question, Math.min(next, last), 1)));
        if (paging instanceof Paging.Numbered numbered && numbered.pageSize().isEmpty()) {
            further.addAll(List.of(part(question, 0, 4), part(question, 1, 2)));
        }
        further.add(part(question, Math.min(furthest, last), 1));
        return List.copyOf(further);
    }

    /** Returns whether a question is about nobody, as the total says: no client asks it, and an API may refuse it. */
    public boolean isPastEnd(ObjectNode question, JsonNode answer) {
        return question.path(OFFSET).asLong() >= answer.path("total").asLong(Long.MAX_VALUE);
    }

    private static ObjectNode part(ObjectNode question, long offset, int limit) {
        return question.deepCopy().put(LIMIT, limit).put(OFFSET, offset);
    }

    /**
     * Returns the tool as if pages were to be small, where there are pages: it finds the same first user, or nobody.
     */
    public Optional<Tool> inSmallPages() {
        return list.inSmallPages().map(small -> ListUsersByDepartment.tool(layout, small, departments));
    }

    /**
     * Returns what to check where answers do not go together: the list has one total, each place one user, and each
     * user one place.
     */
    public Optional<String> contradiction(List<JsonNode> answers) {
        long totals = answers.stream()
                .map(answer -> answer.path("total"))
                .filter(JsonNode::isNumber)
                .distinct()
                .count();
        if (totals > 1) {
            return Optional.of("check INTERNAL_API_TOTAL");
        }
        Set<Place> places = answers.stream().flatMap(ListTrial::places).collect(Collectors.toSet());
        long numbers = places.stream().map(Place::number).distinct().count();
        long users = places.stream().map(Place::user).distinct().count();
        String settings = list.paging()
                .fold(
                        whole -> "",
                        numbered -> ", INTERNAL_API_LIMIT_PARAM, INTERNAL_API_START_PARAM and INTERNAL_API_START_FIRST,"
                                + " and that no two users are equal in the order of the list",
                        link -> " and INTERNAL_API_NEXT_POINTER");
        return numbers == places.size() && users == places.size()
                ? Optional.empty()
                : Optional.of("check INTERNAL_API_PAGINATION" + settings);
    }

    /** Returns what answers have shown that go together, in words that claim no more. */
    public String shown(boolean anotherUser) {
        return list.paging() instanceof Paging.Whole
                ? "the API gives a department in one answer, and nothing in it shows that there are more"
                : anotherUser ? "a further page begins with another user" : "no further page was found";
    }

    /** Returns the places of an answer, with the one after its end where it is not full; no ID has a blank in it. */
    private static Stream<Place> places(JsonNode answer) {
        List<String> users = new ArrayList<>(answer.path("users").findValuesAsText("id"));
        long offset = answer.path(OFFSET).asLong();
        if (users.size() < answer.path(LIMIT).asInt()) {
            users.add("nobody at " + (offset + users.size()));
        }
        return IntStream.range(0, users.size()).mapToObj(index -> new Place(offset + index, users.get(index)));
    }

    /**
     * Returns whether a user's record, as another tool gives it, can be the answer to a question. A department that the
     * API knows by a number or a UUID may have any name in it.
     */
    public boolean fits(ObjectNode question, JsonNode user) {
        String department = question.path(DEPARTMENT).textValue();
        String value = layout.departmentValue(department);
        JsonNode found = user.path(DEPARTMENT);
        return found.isMissingNode()
                || IdFormat.DIGITS.matches(value)
                || IdFormat.UUID.matches(value)
                || found.asText().equalsIgnoreCase(department)
                || found.asText().equalsIgnoreCase(value);
    }

    @Override
    public String notFoundRemedy() {
        return paths() + " and USER_SERVICE_DEPARTMENTS";
    }

    /** Returns what to check where no question finds anybody. */
    public String nobodyRemedy() {
        boolean counts = list.total().isPresent() || list.totalHeader().isPresent();
        boolean whole = list.paging() instanceof Paging.Whole;
        return paths() + (counts && !whole ? ", INTERNAL_API_TOTAL" : "") + " and USER_SERVICE_DEPARTMENTS";
    }

    private String paths() {
        return "check the path in INTERNAL_API_URL, INTERNAL_API_DEPARTMENT_PATH, INTERNAL_API_DEPARTMENT_VALUES"
                + (list.paging() instanceof Paging.Numbered ? ", the settings of INTERNAL_API_PAGINATION" : "");
    }

    /** Returns what to check where a user found does not fit. */
    public String unfitRemedy() {
        return "check the filter in INTERNAL_API_DEPARTMENT_PATH: the API may ignore it; and"
                + " INTERNAL_API_DEPARTMENT_VALUES, and department in INTERNAL_API_FIELD_MAP";
    }
}

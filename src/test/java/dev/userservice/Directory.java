package dev.userservice;

import static dev.userservice.DirectoryApi.array;
import static dev.userservice.DirectoryApi.object;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.DirectoryApi.Answer;
import dev.userservice.DirectoryApi.Person;
import dev.userservice.DirectoryApi.Question;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Directories that companies run, each as the documentation that it names has it. */
enum Directory {
    /**
     * RFC 7644: filter (3.4.2.2), where an attribute of an extension has its schema's URI before it (3.10); pagination
     * (3.4.2.4), with {@code startIndex} from 1, less counting as 1, and a provider that may return fewer than
     * {@code count} but never more; {@code Resources} is there unless {@code totalResults} is 0 (3.4.2); parameters
     * that are not known are ignored (3.4.2). RFC 7643, 2.2 and 4.3: the department is compared in either case.
     */
    SCIM("Authorization", "Bearer ", "/scim/v2/Users") {
        private static final int GREATEST = 50;
        private static final String ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        private static final Pattern FILTER =
                Pattern.compile(Pattern.quote(ENTERPRISE + ":department") + " eq \"([^\"]*)\"");

        @Override
        String id(Person person) {
            return "2819c223-7f76-453a-919d-" + (413861900000L + person.number());
        }

        @Override
        ObjectNode user(Person person) {
            ObjectNode user = object().put("id", id(person)).put("userName", person.email());
            user.putArray("schemas")
                    .add("urn:ietf:params:scim:schemas:core:2.0:User")
                    .add(ENTERPRISE);
            user.putObject("name").put("givenName", person.given()).put("familyName", "Byron");
            user.put("active", person.number() % 2 == 0);
            user.putArray("emails").addObject().put("value", person.email()).put("primary", true);
            user.putObject(ENTERPRISE).put("department", person.department());
            return user;
        }

        @Override
        Answer list(Question asked, List<Person> people, String path) {
            Optional<String> filter = asked.parameter("filter");
            Optional<String> department = filter.flatMap(text -> value(FILTER, text));
            if (filter.isPresent() && department.isEmpty()) {
                return Answer.refused("400 Bad Request", "invalidFilter");
            }
            List<Person> found = in(people, department, String::equalsIgnoreCase);
            int start = Math.max(1, asked.number("startIndex", 1));
            List<Person> page = page(found, start - 1, Math.min(GREATEST, asked.number("count", GREATEST)));
            ObjectNode answer = object().put("totalResults", found.size());
            answer.putArray("schemas").add("urn:ietf:params:scim:api:messages:2.0:ListResponse");
            answer.put("itemsPerPage", page.size()).put("startIndex", start);
            return Answer.ok(
                    found.isEmpty()
                            ? answer
                            : answer.set("Resources", array(page.stream().map(this::user))));
        }
    },

    /**
     * Keycloak, Admin REST API, "Get users" (https://www.keycloak.org/docs-api/latest/rest-api/index.html):
     * {@code first} is the offset, {@code max} how many, 100 by default and without bound; {@code q} searches custom
     * attributes, {@code key:"value"}; {@code briefRepresentation}, false by default, leaves the attributes out.
     * Further parameters are ignored.
     */
    KEYCLOAK("Authorization", "Bearer ", "/admin/realms/staff/users") {
        private static final Pattern QUERY = Pattern.compile("department:(?:\"([^\"]*)\"|([^ \"]*))");

        @Override
        String id(Person person) {
            return new UUID(0x2819c2237f764000L, 0x8000000000000000L + person.number()).toString();
        }

        @Override
        ObjectNode user(Person person) {
            ObjectNode user = object().put("id", id(person)).put("username", person.login());
            user.put("firstName", person.given()).put("lastName", "Byron").put("email", person.email());
            user.put("enabled", person.number() % 2 == 0);
            user.putObject("attributes").putArray("department").add(person.department());
            return user;
        }

        @Override
        Answer list(Question asked, List<Person> people, String path) {
            Optional<String> department = asked.parameter("q").flatMap(text -> value(QUERY, text));
            List<Person> found = in(people, department, String::equals);
            List<Person> page = page(found, asked.number("first", 0), asked.number("max", 100));
            boolean brief = asked.parameter("briefRepresentation").orElse("").equals("true");
            return Answer.ok(array(page.stream().map(this::user).map(user -> brief ? without(user) : user)));
        }

        private ObjectNode without(ObjectNode user) {
            return user.without("attributes");
        }
    },

    /**
     * Okta, Users API, "List all users"
     * (https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/) and "Pagination"
     * (https://developer.okta.com/docs/api/#pagination): {@code search} takes a filter of SCIM's form over
     * {@code profile}; {@code limit} is 200 by default and at most; the {@code Link} header names this answer and,
     * unless it is the last, the next, by an opaque {@code after}.
     */
    OKTA("Authorization", "SSWS ", "/api/v1/users") {
        private static final int GREATEST = 200;
        private static final Pattern SEARCH = Pattern.compile("profile\\.department eq \"([^\"]*)\"");

        @Override
        String id(Person person) {
            return "00ub0oNGTSWTBK%06d".formatted(person.number());
        }

        @Override
        ObjectNode user(Person person) {
            ObjectNode user = object().put("id", id(person)).put("status", "ACTIVE");
            ObjectNode profile = user.putObject("profile").put("login", person.email());
            profile.put("firstName", person.given()).put("lastName", "Byron").put("email", person.email());
            profile.putNull("mobilePhone").put("department", person.department());
            user.putObject("credentials").putObject("provider").put("type", "OKTA");
            return user;
        }

        @Override
        Answer list(Question asked, List<Person> people, String path) {
            Optional<String> search = asked.parameter("search");
            Optional<String> department = search.flatMap(text -> value(SEARCH, text));
            if (search.isPresent() && department.isEmpty()) {
                return Answer.refused("400 Bad Request", "E0000031");
            }
            List<Person> found = in(people, department, String::equalsIgnoreCase);
            int from = asked.parameter("after").map(Directory::index).orElse(0);
            List<Person> page = page(found, from, Math.min(GREATEST, asked.number("limit", GREATEST)));
            int end = from + page.size();
            String self = "Link: <" + asked.with("limit", Integer.toString(GREATEST)) + ">; rel=\"self\"";
            String next = "Link: <" + asked.with("after", cursor(end)) + ">; rel=\"next\"";
            String[] links = end < found.size() ? new String[] {self, next} : new String[] {self};
            return Answer.ok(array(page.stream().map(this::user)), links);
        }
    },

    /**
     * Microsoft Graph, "List users" (https://learn.microsoft.com/graph/api/user-list) and "Paging"
     * (https://learn.microsoft.com/graph/paging): {@code $top} is 100 by default, from 1 to 999, else 400;
     * {@code $skip} is not supported; {@code @odata.nextLink} is the next address, whole, with {@code $skiptoken} and
     * the query as it was. Without {@code $select} neither department nor accountEnabled is there
     * (https://learn.microsoft.com/graph/api/resources/user). A system query option that is not supported is refused
     * with 400, as OData 4.0 wants it (Part 1, 11.2.1).
     */
    GRAPH("Authorization", "Bearer ", "/v1.0/users") {
        private static final Pattern FILTER = Pattern.compile("department eq '([^']*)'");
        private static final Set<String> OPTIONS =
                Set.of("$count", "$expand", "$filter", "$orderby", "$search", "$select", "$top", "$skiptoken");
        private static final String DEFAULT_FIELDS =
                "businessPhones,displayName,givenName,id,jobTitle,mail,mobilePhone,officeLocation,preferredLanguage,"
                        + "surname,userPrincipalName";

        @Override
        String id(Person person) {
            return new UUID(0x87d349ed44d743e1L, 0x9a83000000000000L + person.number()).toString();
        }

        @Override
        ObjectNode user(Person person) {
            ObjectNode user = object().put("id", id(person)).put("displayName", person.given() + " Byron");
            user.put("userPrincipalName", person.email())
                    .put("givenName", person.given())
                    .putNull("mail");
            user.put("accountEnabled", person.number() % 2 == 0).put("department", person.department());
            user.put("mobilePhone", "+49 1").putArray("businessPhones");
            return user;
        }

        @Override
        ObjectNode one(Person person, Map<String, String> query) {
            return user(person)
                    .retain(List.of(
                            query.getOrDefault("$select", DEFAULT_FIELDS).split(",")));
        }

        @Override
        Answer list(Question asked, List<Person> people, String path) {
            Optional<String> filter = asked.parameter("$filter");
            Optional<String> department = filter.flatMap(text -> value(FILTER, text));
            int most = asked.parameter("$top").isEmpty() ? 100 : asked.number("$top", 0);
            if (asked.query().keySet().stream().anyMatch(name -> name.startsWith("$") && !OPTIONS.contains(name))
                    || most < 1
                    || most > 999
                    || filter.isPresent() && department.isEmpty()) {
                return Answer.refused("400 Bad Request", "Request_UnsupportedQuery");
            }
            List<Person> found = in(people, department, String::equalsIgnoreCase);
            int from = asked.parameter("$skiptoken").map(Directory::index).orElse(0);
            List<Person> page = page(found, from, most);
            ObjectNode answer = object().put("@odata.context", "https://graph.microsoft.com/v1.0/$metadata#users");
            if (from + page.size() < found.size()) {
                answer.put("@odata.nextLink", asked.with("$skiptoken", cursor(from + page.size())));
            }
            return Answer.ok(answer.set("value", array(page.stream().map(person -> one(person, asked.query())))));
        }
    },

    /**
     * Django REST Framework, PageNumberPagination (https://www.django-rest-framework.org/api-guide/pagination/):
     * {@code page} from 1; {@code page_size} because this one has {@code page_size_query_param} set, 25 by default and
     * {@code max_page_size} 40, more counting as that; count, next, previous and results; 404 past the last page, of
     * which an empty list has one. Parameters that are not known are ignored.
     */
    DJANGO("Authorization", "Bearer ", "/users/") {
        @Override
        String userPath(Person person) {
            return "/users/" + id(person) + "/";
        }

        @Override
        ObjectNode user(Person person) {
            ObjectNode user = object().put("id", person.number()).put("name", person.given() + " Byron");
            return user.put("email", person.email()).put("department", person.department());
        }

        @Override
        Answer list(Question asked, List<Person> people, String path) {
            List<Person> found = in(people, asked.parameter("department"), String::equals);
            int given = asked.number("page_size", 0);
            int size = given == 0 ? 25 : Math.min(40, given);
            int number = asked.number("page", 1);
            if (number < 1 || number > Math.max(1, (found.size() + size - 1) / size)) {
                return Answer.refused("404 Not Found", "Invalid page.");
            }
            ObjectNode answer = object().put("count", found.size());
            boolean more = number * size < found.size();
            answer.put("next", more ? asked.with("page", Integer.toString(number + 1)) : null);
            answer.put("previous", number > 1 ? asked.with("page", Integer.toString(number - 1)) : null);
            List<Person> page = page(found, (number - 1) * size, size);
            return Answer.ok(answer.set("results", array(page.stream().map(this::user))));
        }
    },

    /**
     * Spring Data, web support
     * (https://docs.spring.io/spring-data/commons/reference/repositories/core-extensions.html): {@code page} from 0;
     * {@code size}, 20 by default and 2,000 at most; a Page as JSON: content, totalElements, number, first and last
     * among others; past the last page an empty one. Parameters that are not known are ignored.
     */
    SPRING("Authorization", "Bearer ", "/users") {
        @Override
        ObjectNode user(Person person) {
            return DJANGO.user(person);
        }

        @Override
        Answer list(Question asked, List<Person> people, String path) {
            List<Person> found = in(people, asked.parameter("department"), String::equals);
            int size = Math.min(2000, asked.number("size", 20));
            int number = asked.number("page", 0);
            List<Person> page = page(found, number * size, size);
            int pages = (found.size() + size - 1) / size;
            ObjectNode answer = object();
            answer.set("content", array(page.stream().map(this::user)));
            answer.put("totalElements", found.size()).put("totalPages", pages).put("number", number);
            return Answer.ok(answer.put("numberOfElements", page.size())
                    .put("size", size)
                    .put("first", number == 0)
                    .put("last", number + 1 >= pages));
        }
    },

    /**
     * Redmine, REST API (https://www.redmine.org/projects/redmine/wiki/Rest_api, "Collection resources and pagination",
     * and Rest_Users): {@code offset} and {@code limit}, 25 by default and 100 at most, more counting as that;
     * {@code group_id}; total_count, offset and limit beside users; a single user within {@code user}. Parameters that
     * are not known are ignored. Group 7 is {@link DirectoryApi#DEPARTMENT} here.
     */
    REDMINE("X-Redmine-API-Key", "", "/users.json") {
        @Override
        String userPath(Person person) {
            return "/users/" + id(person) + ".json";
        }

        @Override
        ObjectNode user(Person person) {
            ObjectNode user = object().put("id", person.number()).put("login", person.login());
            user.put("firstname", person.given()).put("lastname", "Byron").put("mail", person.email());
            return user.put("admin", false).put("status", 1).put("api_key", "ebc3f6b781a6fb3f2b0a83ce0ebb80e0d585189d");
        }

        @Override
        ObjectNode one(Person person, Map<String, String> query) {
            return object().set("user", user(person));
        }

        @Override
        Answer list(Question asked, List<Person> people, String path) {
            Map<String, String> groups = Map.of("5", "engineering", "7", DirectoryApi.DEPARTMENT);
            Optional<String> group = asked.parameter("group_id").map(id -> groups.getOrDefault(id, "nobody's"));
            List<Person> found = in(people, group, String::equals);
            int given = asked.number("limit", 0);
            int limit = given == 0 ? 25 : Math.min(100, given);
            int offset = asked.number("offset", 0);
            ObjectNode answer = object();
            answer.set("users", array(page(found, offset, limit).stream().map(this::user)));
            return Answer.ok(answer.put("total_count", found.size())
                    .put("offset", offset)
                    .put("limit", limit));
        }
    },

    /** No directory of that name: an API that does as the defaults say, with a key in a header of its own. */
    PLAIN("X-API-Key", "", "/departments/") {
        @Override
        String userPath(Person person) {
            return "/users/" + id(person);
        }

        @Override
        boolean isList(String path) {
            return path.matches("/departments/[^/]+/users");
        }

        @Override
        ObjectNode user(Person person) {
            return object().put("id", person.number())
                    .put("name", person.given() + " Byron")
                    .put("salary", 1);
        }

        @Override
        Answer list(Question asked, List<Person> people, String path) {
            String department = path.split("/")[2].replace("%20", " ");
            List<Person> found = in(people, Optional.of(department), String::equals);
            return Answer.ok(object().set("users", array(found.stream().map(this::user))));
        }
    };

    /** The header that carries the token. */
    final String header;

    /** What stands before the token. */
    final String scheme;

    private final String listPath;

    Directory(String header, String scheme, String listPath) {
        this.header = header;
        this.scheme = scheme;
        this.listPath = listPath;
    }

    /** Whether a department's name as asked for is that of a person. */
    private interface Comparison {
        boolean same(String asked, String own);
    }

    String id(Person person) {
        return Integer.toString(person.number());
    }

    abstract ObjectNode user(Person person);

    /** @param path of the list that is asked for */
    abstract Answer list(Question asked, List<Person> people, String path);

    /** Returns the answer about one user. */
    ObjectNode one(Person person, Map<String, String> query) {
        return user(person);
    }

    String userPath(Person person) {
        return listPath + "/" + id(person);
    }

    boolean isList(String path) {
        return path.equals(listPath);
    }

    /** Returns those in a department; everybody where none is asked for. */
    private static List<Person> in(List<Person> people, Optional<String> department, Comparison comparison) {
        Predicate<Person> wanted =
                person -> department.isEmpty() || comparison.same(department.get(), person.department());
        return people.stream().filter(wanted).toList();
    }

    private static List<Person> page(List<Person> found, int from, int most) {
        return found.stream().skip(from).limit(most).toList();
    }

    /** Returns the first group that took part in a match of the whole text. */
    private static Optional<String> value(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.matches()
                ? Stream.iterate(1, group -> group <= matcher.groupCount(), group -> group + 1)
                        .flatMap(group -> Stream.ofNullable(matcher.group(group)))
                        .findFirst()
                : Optional.empty();
    }

    private static String cursor(int index) {
        byte[] bytes = ("from " + index).getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder().encodeToString(bytes);
    }

    private static int index(String cursor) {
        String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        return Integer.parseInt(text.substring("from ".length()));
    }
}

package dev.userservice.settings;

import com.fasterxml.jackson.core.JsonPointer;
import dev.userservice.call.ListLayout;
import dev.userservice.call.Paging;
import dev.userservice.call.PathTemplate;
import dev.userservice.model.FieldSource;
import dev.userservice.model.IdFormat;
import dev.userservice.tools.ApiLayout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Reads how the company's API is laid out. Settings that mean nothing beside the others are problems. */
record LayoutReader(SettingsReader reader) {

    /** A JSON Pointer to something within a value. RFC 6901, 3: a tilde stands only before 0 or 1. */
    private static final String POINTER = "(?s)(?!.*~(?![01]))/.*";

    private static final String HEADER_PREFIX = "header:";

    /** Visible characters, and spaces between them; nothing that could end a quoted value in a filter. */
    private static final String DEPARTMENT_VALUE = "(?! )[^\\p{C}\\p{Zl}\\p{Zp},=\"'\\\\]{1,128}(?<! )";

    private static final String WORD = "(?! )[^\\p{C}\\p{Zl}\\p{Zp},=]{1,64}(?<! )";

    /** @param departments those that may be listed */
    ApiLayout read(List<String> departments) {
        PathTemplate departmentPath = departmentPath(); // its problems are reported first
        return new ApiLayout(
                path(Setting.INTERNAL_API_USER_PATH, "user_id"),
                pointer(Setting.INTERNAL_API_RECORD_POINTER),
                departmentPath,
                reader.pairs(
                        Setting.INTERNAL_API_DEPARTMENT_VALUES,
                        (department, value) -> departments.contains(department) && value.matches(DEPARTMENT_VALUE),
                        "must be a comma separated list of DEPARTMENT=VALUE, each department of USER_SERVICE_DEPARTMENTS"
                                + " at most once, values of 1 to 128 visible characters and inner spaces, without"
                                + " , = \" ' \\"),
                list(),
                fieldMap(),
                reader.pairs(
                        Setting.INTERNAL_API_STATUS_VALUES,
                        (status, word) -> word.matches(WORD),
                        "must be a comma separated list of STATUS=WORD, each status once, words of 1 to 64 characters"),
                idFormat());
    }

    private IdFormat idFormat() {
        String[] labels = Arrays.stream(IdFormat.values()).map(IdFormat::label).toArray(String[]::new);
        return IdFormat.valueOf(
                reader.choice(Setting.USER_SERVICE_USER_ID_FORMAT, labels).toUpperCase(Locale.ROOT));
    }

    private ListLayout list() {
        Paging paging = paging();
        JsonPointer items = pointer(Setting.INTERNAL_API_LIST_POINTER);
        String total = reader.text(
                Setting.INTERNAL_API_TOTAL,
                "|" + HEADER_PREFIX + Settings.TOKEN_CHARACTER + "{1,100}|" + POINTER,
                "must be a JSON Pointer, header:NAME, or empty where nothing says how many there are");
        return new ListLayout(
                items,
                paging,
                Optional.of(total).filter(text -> text.startsWith("/")).map(JsonPointer::compile),
                Optional.of(total)
                        .filter(text -> text.startsWith(HEADER_PREFIX))
                        .map(text -> text.substring(HEADER_PREFIX.length())));
    }

    private Paging paging() {
        String kind = reader.text(
                Setting.INTERNAL_API_PAGINATION,
                "client|offset|page|link",
                "must be one of: client, offset (formerly api), page, link");
        boolean paged = kind.equals("page");
        boolean numbered = paged || kind.equals("offset");
        boolean linked = kind.equals("link");
        reader.onlyWith(numbered, Setting.INTERNAL_API_LIMIT_PARAM, "INTERNAL_API_PAGINATION=offset or page");
        reader.onlyWith(numbered, Setting.INTERNAL_API_START_PARAM, "INTERNAL_API_PAGINATION=offset or page");
        reader.onlyWith(numbered, Setting.INTERNAL_API_START_FIRST, "INTERNAL_API_PAGINATION=offset or page");
        reader.onlyWith(paged, Setting.INTERNAL_API_PAGE_SIZE, "INTERNAL_API_PAGINATION=page");
        reader.onlyWith(linked, Setting.INTERNAL_API_NEXT_POINTER, "INTERNAL_API_PAGINATION=link");
        if (linked) {
            JsonPointer next = pointer(Setting.INTERNAL_API_NEXT_POINTER);
            return new Paging.Link(Optional.of(next).filter(pointer -> !pointer.matches()));
        }
        return numbered ? numbered(kind, paged) : new Paging.Whole();
    }

    private Paging.Numbered numbered(String kind, boolean paged) {
        String limit = parameter(Setting.INTERNAL_API_LIMIT_PARAM, "limit");
        String start = parameter(Setting.INTERNAL_API_START_PARAM, kind);
        boolean other = !start.equals(reader.text(Setting.INTERNAL_API_LIMIT_PARAM));
        reader.require(Setting.INTERNAL_API_START_PARAM, other, "must differ from INTERNAL_API_LIMIT_PARAM");
        String first = reader.text(Setting.INTERNAL_API_START_FIRST, "[01]?", "must be one of: 0, 1");
        return new Paging.Numbered(
                limit,
                start,
                first.equals("1") || first.isEmpty() && paged ? 1 : 0,
                paged ? OptionalInt.of(reader.number(Setting.INTERNAL_API_PAGE_SIZE, 10, 1000)) : OptionalInt.empty());
    }

    private String parameter(Setting setting, String defaultName) {
        String text = reader.text(
                setting, "[A-Za-z0-9$_.~\\[\\]:-]{0,64}", "must be the name of a query parameter, not percent-encoded");
        String name = text.isEmpty() ? defaultName : text;
        boolean free = !departmentPath().hasParameter(name);
        reader.require(setting, free, "names a parameter that INTERNAL_API_DEPARTMENT_PATH has already");
        return name;
    }

    /** Comma, bar and plus always separate, the first equals sign ends the name. */
    private Map<String, FieldSource> fieldMap() {
        String sentence = "must be a comma separated list of FIELD=/JSON/POINTER, each field once, of: "
                + String.join(", ", Settings.FIELDS)
                + "; a bar tries the next pointer, a plus joins two, and id is one pointer";
        Map<String, FieldSource> sources = new LinkedHashMap<>();
        reader.pairs(Setting.INTERNAL_API_FIELD_MAP, LayoutReader::isSource, sentence)
                .forEach((field, text) -> sources.put(field, source(text)));
        return sources;
    }

    private static boolean isSource(String field, String text) {
        List<String> pointers = parts(text, "[|+]").toList();
        return Settings.FIELDS.contains(field)
                && pointers.stream().allMatch(pointer -> pointer.matches(POINTER))
                && (pointers.size() == 1 || !field.equals("id"));
    }

    private static FieldSource source(String text) {
        return new FieldSource(parts(text, "\\|")
                .map(joined -> parts(joined, "\\+").map(JsonPointer::compile).toList())
                .toList());
    }

    private static Stream<String> parts(String text, String separator) {
        return Stream.of(text.split(separator, -1)).map(String::strip);
    }

    private JsonPointer pointer(Setting setting) {
        String rule = "must be a JSON Pointer: empty, or parts that each begin with a slash";
        return JsonPointer.compile(reader.text(setting, "|" + POINTER, rule));
    }

    private PathTemplate departmentPath() {
        return path(Setting.INTERNAL_API_DEPARTMENT_PATH, "department");
    }

    private PathTemplate path(Setting setting, String placeholder) {
        return reader.read(setting, text -> PathTemplate.parse(text, placeholder));
    }
}

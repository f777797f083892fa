package dev.userservice.settings;

import com.fasterxml.jackson.core.JsonPointer;
import dev.userservice.call.ListLayout;
import dev.userservice.call.Paging;
import dev.userservice.call.PathTemplate;
import dev.userservice.model.FieldSource;
import dev.userservice.model.IdFormat;
import dev.userservice.tools.ApiLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads how the company's API is laid out. Settings that mean nothing beside the others are problems. */
record LayoutReader(SettingsReader reader) {

    private static final Pattern WRONG_ESCAPE = Pattern.compile("~(?![01])"); // RFC 6901, 3
    private static final String HEADER_PREFIX = "header:";
    private static final String CLIENT = "client";
    private static final String OFFSET = "offset";
    private static final String PAGE = "page";
    private static final String LINK = "link";

    private static final Predicate<String> PARAMETER = Settings.matching("[A-Za-z0-9$_.~\\[\\]:-]{1,64}");
    private static final Predicate<String> HEADER = Settings.matching(Settings.TOKEN_CHARACTERS + "{1,100}");
    private static final String PARAMETER_RULE = "must be the name of a query parameter";

    /** Visible characters, and spaces between them; nothing that could end a quoted value in a filter. */
    private static final Predicate<String> DEPARTMENT_VALUE =
            Settings.matching("(?! )[^\\p{C}\\p{Zl}\\p{Zp},=\"'\\\\]{1,128}(?<! )");

    private static final Predicate<String> WORD = Settings.matching("(?! )[^\\p{C}\\p{Zl}\\p{Zp},=]{1,64}(?<! )");

    /** @param departments those that may be listed */
    ApiLayout read(List<String> departments) {
        PathTemplate departmentPath = path(Setting.INTERNAL_API_DEPARTMENT_PATH, "department");
        return new ApiLayout(
                path(Setting.INTERNAL_API_USER_PATH, "user_id"),
                pointer(Setting.INTERNAL_API_RECORD_POINTER),
                departmentPath,
                departmentValues(departments),
                list(departmentPath),
                fieldMap(),
                reader.pairs(
                        Setting.INTERNAL_API_STATUS_VALUES,
                        (status, word) -> WORD.test(word),
                        "must be a comma separated list of STATUS=WORD, each status once, words of 1 to 64 characters"),
                idFormat());
    }

    private IdFormat idFormat() {
        String[] labels = Arrays.stream(IdFormat.values()).map(IdFormat::label).toArray(String[]::new);
        return IdFormat.valueOf(
                reader.choice(Setting.USER_SERVICE_USER_ID_FORMAT, labels).toUpperCase(Locale.ROOT));
    }

    private Map<String, String> departmentValues(List<String> departments) {
        return reader.pairs(
                Setting.INTERNAL_API_DEPARTMENT_VALUES,
                (department, value) -> departments.contains(department) && DEPARTMENT_VALUE.test(value),
                "must be a comma separated list of DEPARTMENT=VALUE, each department of USER_SERVICE_DEPARTMENTS at most"
                        + " once, values of 1 to 128 visible characters and inner spaces, without , = \" ' \\");
    }

    private ListLayout list(PathTemplate departmentPath) {
        Paging paging = paging(departmentPath);
        JsonPointer items = pointer(Setting.INTERNAL_API_LIST_POINTER);
        String total = reader.text(
                Setting.INTERNAL_API_TOTAL,
                text -> text.startsWith(HEADER_PREFIX)
                        ? HEADER.test(text.substring(HEADER_PREFIX.length()))
                        : text.isEmpty() || isPointer(text),
                "must be a JSON Pointer, header:NAME, or empty where nothing says how many there are");
        boolean inHeader = total.startsWith(HEADER_PREFIX);
        return new ListLayout(
                items,
                paging,
                isPointer(total) ? Optional.of(JsonPointer.compile(total)) : Optional.empty(),
                inHeader ? Optional.of(total.substring(HEADER_PREFIX.length())) : Optional.empty());
    }

    private Paging paging(PathTemplate departmentPath) {
        String kind = reader.text(
                Setting.INTERNAL_API_PAGINATION,
                List.of(CLIENT, OFFSET, PAGE, LINK)::contains,
                "must be one of: client, offset (formerly api), page, link");
        boolean numbered = kind.equals(OFFSET) || kind.equals(PAGE);
        reader.onlyWith(numbered, Setting.INTERNAL_API_LIMIT_PARAM, "INTERNAL_API_PAGINATION=offset or page");
        reader.onlyWith(numbered, Setting.INTERNAL_API_START_PARAM, "INTERNAL_API_PAGINATION=offset or page");
        reader.onlyWith(numbered, Setting.INTERNAL_API_START_FIRST, "INTERNAL_API_PAGINATION=offset or page");
        reader.onlyWith(kind.equals(PAGE), Setting.INTERNAL_API_PAGE_SIZE, "INTERNAL_API_PAGINATION=page");
        reader.onlyWith(kind.equals(LINK), Setting.INTERNAL_API_NEXT_POINTER, "INTERNAL_API_PAGINATION=link");
        return switch (kind) {
            case OFFSET, PAGE ->
                new Paging.Numbered(
                        parameter(Setting.INTERNAL_API_LIMIT_PARAM, "limit", departmentPath),
                        startParam(departmentPath, kind),
                        first(kind),
                        kind.equals(PAGE)
                                ? OptionalInt.of(reader.number(Setting.INTERNAL_API_PAGE_SIZE, 10, 1000))
                                : OptionalInt.empty());
            case LINK ->
                new Paging.Link(
                        Optional.of(pointer(Setting.INTERNAL_API_NEXT_POINTER)).filter(pointer -> !pointer.matches()));
            default -> new Paging.Whole();
        };
    }

    private String startParam(PathTemplate departmentPath, String defaultName) {
        String name = parameter(Setting.INTERNAL_API_START_PARAM, defaultName, departmentPath);
        boolean other = !name.equals(reader.text(Setting.INTERNAL_API_LIMIT_PARAM));
        reader.require(Setting.INTERNAL_API_START_PARAM, other, "must differ from INTERNAL_API_LIMIT_PARAM");
        return name;
    }

    private String parameter(Setting setting, String defaultName, PathTemplate departmentPath) {
        String text = reader.text(setting, given -> given.isEmpty() || PARAMETER.test(given), PARAMETER_RULE);
        String name = text.isEmpty() ? defaultName : text;
        String sentence = "names a parameter that INTERNAL_API_DEPARTMENT_PATH has already";
        reader.require(setting, !departmentPath.hasParameter(name), sentence);
        return name;
    }

    private int first(String kind) {
        String text =
                reader.text(Setting.INTERNAL_API_START_FIRST, List.of("", "0", "1")::contains, "must be one of: 0, 1");
        return text.equals("1") || text.isEmpty() && kind.equals(PAGE) ? 1 : 0;
    }

    /** Comma, bar and plus always separate, the first equals sign ends the name. */
    private Map<String, FieldSource> fieldMap() {
        String sentence = "must be a comma separated list of FIELD=/JSON/POINTER, each field once, of: "
                + String.join(", ", Settings.FIELDS)
                + "; a bar tries the next pointer, a plus joins two, and id is one pointer";
        Map<String, FieldSource> sources = new LinkedHashMap<>();
        reader.pairs(Setting.INTERNAL_API_FIELD_MAP, (field, text) -> isSource(field, text), sentence)
                .forEach((field, text) -> sources.put(field, source(text)));
        return sources;
    }

    private static boolean isSource(String field, String text) {
        boolean pointers = Stream.of(text.split("[|+]", -1)).map(String::strip).allMatch(LayoutReader::isPointer);
        boolean one = isPointer(text) && !text.contains("|") && !text.contains("+");
        return Settings.FIELDS.contains(field) && pointers && (one || !field.equals("id"));
    }

    private static FieldSource source(String text) {
        List<List<JsonPointer>> alternatives = new ArrayList<>();
        for (String alternative : text.split("\\|", -1)) {
            alternatives.add(Stream.of(alternative.split("\\+", -1))
                    .map(String::strip)
                    .map(JsonPointer::compile)
                    .toList());
        }
        return new FieldSource(alternatives);
    }

    private JsonPointer pointer(Setting setting) {
        return reader.read(setting, text -> {
            boolean valid = text.isEmpty() || isPointer(text);
            SettingsReader.require(valid, "must be a JSON Pointer: empty, or parts that each begin with a slash");
            return JsonPointer.compile(text);
        });
    }

    /** Returns whether a text is a JSON Pointer to something within a value. */
    private static boolean isPointer(String text) {
        return text.startsWith("/") && !WRONG_ESCAPE.matcher(text).find();
    }

    private PathTemplate path(Setting setting, String placeholder) {
        return reader.read(setting, text -> PathTemplate.parse(text, placeholder));
    }
}

package dev.userservice.call;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/**
 * One question to the API: a path template and the value for its placeholder, further query parameters, and where the
 * wanted data stands in the answer. It holds no address, method or header, so a tool can choose none.
 */
public record ApiRequest(PathTemplate path, String value, Map<String, Integer> query, Selection selection) {

    public ApiRequest {
        query = new LinkedHashMap<>(query);
    }

    /** Returns path and query, percent-encoded, beginning with a slash. */
    String target() {
        String expanded = path.expand(value);
        String separator = path.hasQuery() ? "&" : "?";
        StringJoiner target = new StringJoiner("&", expanded + separator, "").setEmptyValue(expanded);
        query.forEach((name, number) -> target.add(name + "=" + number));
        return target.toString();
    }
}

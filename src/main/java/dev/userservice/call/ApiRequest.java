package dev.userservice.call;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * One question to the API: a path template and the value for its placeholder, further query parameters, and where the
 * wanted data stands in the answer. It holds no address, method or header, so a tool can choose none.
 */
public record ApiRequest(PathTemplate path, String value, Map<String, Integer> query, Selection selection) {

    public ApiRequest {
        Objects.requireNonNull(path);
        Objects.requireNonNull(value);
        Objects.requireNonNull(selection);
        query = new LinkedHashMap<>(query);
    }

    /** Returns path and query, percent-encoded, beginning with a slash. */
    String target() {
        StringBuilder target = new StringBuilder(path.expand(value));
        char separator = path.hasQuery() ? '&' : '?';
        for (Map.Entry<String, Integer> parameter : query.entrySet()) {
            target.append(separator).append(parameter.getKey()).append('=').append(parameter.getValue());
            separator = '&';
        }
        return target.toString();
    }
}

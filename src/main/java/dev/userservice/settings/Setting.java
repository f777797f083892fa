package dev.userservice.settings;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Every environment variable the program reads, with its default as the documentation gives it. */
public enum Setting {
    INTERNAL_API_URL(""),
    INTERNAL_API_PRESET(""),
    INTERNAL_API_ALLOW_HTTP("false"),
    INTERNAL_API_CA_FILE(""),
    INTERNAL_API_CONNECT_TIMEOUT_MS("3000"),
    INTERNAL_API_TIMEOUT_MS("5000"),
    INTERNAL_API_RETRIES("2"),
    INTERNAL_API_MAX_RESPONSE_BYTES("16777216"),
    INTERNAL_API_TOKEN(""),
    INTERNAL_API_TOKEN_FILE(""),
    INTERNAL_API_OAUTH_TOKEN_URL(""),
    INTERNAL_API_OAUTH_CLIENT_ID(""),
    INTERNAL_API_OAUTH_CLIENT_SECRET(""),
    INTERNAL_API_OAUTH_CLIENT_SECRET_FILE(""),
    INTERNAL_API_OAUTH_SCOPE(""),
    INTERNAL_API_ACCOUNT("service-account"),
    INTERNAL_API_AUTH_HEADER("Authorization"),
    INTERNAL_API_AUTH_SCHEME("Bearer"),
    INTERNAL_API_USER_PATH("/users/{user_id}"),
    INTERNAL_API_RECORD_POINTER(""),
    INTERNAL_API_DEPARTMENT_PATH("/departments/{department}/users"),
    INTERNAL_API_DEPARTMENT_VALUES(""),
    INTERNAL_API_LIST_POINTER("/users"),
    INTERNAL_API_FIELD_MAP(""),
    INTERNAL_API_STATUS_VALUES(""),
    USER_SERVICE_USER_ID_FORMAT("digits"),
    INTERNAL_API_PAGINATION("client"),
    INTERNAL_API_LIMIT_PARAM("limit"),
    INTERNAL_API_START_PARAM(""),
    INTERNAL_API_START_FIRST(""),
    INTERNAL_API_PAGE_SIZE("100"),
    INTERNAL_API_NEXT_POINTER(""),
    INTERNAL_API_TOTAL("/total"),
    USER_SERVICE_TOOLS(""),
    USER_SERVICE_FIELDS("id,name,email,status,department"),
    USER_SERVICE_DEPARTMENTS("engineering,product,sales,operations"),
    USER_SERVICE_CALL_TIMEOUT_MS("20000"),
    USER_SERVICE_RATE_PER_MINUTE("120"),
    USER_SERVICE_RATE_BURST("30"),
    USER_SERVICE_MAX_CONCURRENT_CALLS("8"),
    USER_SERVICE_DISCLOSURE_PER_DAY("2000"),
    USER_SERVICE_AUDIT_FILE(""),
    USER_SERVICE_AUDIT_KEY_FILE(""),
    USER_SERVICE_LOG_LEVEL("INFO");

    static final String API_PREFIX = "INTERNAL_API_";

    private static final Set<Setting> EMPTY_HAS_MEANING = EnumSet.of(
            INTERNAL_API_AUTH_SCHEME,
            INTERNAL_API_RECORD_POINTER,
            INTERNAL_API_LIST_POINTER,
            INTERNAL_API_NEXT_POINTER,
            INTERNAL_API_TOTAL);

    private final String defaultValue;

    Setting(String defaultValue) {
        this.defaultValue = defaultValue;
    }

    /** Returns the default; empty where there is none, or where it depends on other settings. */
    public String defaultValue() {
        return defaultValue;
    }

    /** Returns whether an empty value has a meaning; of other variables, it counts as unset. */
    static boolean emptyHasMeaning(String name) {
        return EMPTY_HAS_MEANING.stream().anyMatch(setting -> setting.name().equals(name));
    }

    /** Returns whether an environment says something of this setting, be it empty where that has a meaning. */
    public boolean isIn(Map<String, String> environment) {
        String value = environment.get(name());
        return value != null && (!value.isEmpty() || emptyHasMeaning(name()));
    }

    static boolean exists(String name) {
        return Arrays.stream(values()).anyMatch(setting -> setting.name().equals(name));
    }
}

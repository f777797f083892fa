package dev.userservice.register;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A server as clients know one.
 *
 * @param name what the client calls it
 * @param command the program, by its absolute path, and its arguments
 * @param environment variables to set for it, in the order to print them in
 */
record ServerEntry(String name, List<String> command, Map<String, String> environment) {

    ServerEntry {
        command = List.copyOf(command);
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    }
}

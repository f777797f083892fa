package dev.userservice.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Call;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.settings.SettingsException;
import dev.userservice.tools.CallRequest;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/** {@code call}: one tool call through the pipeline; its result on standard output, a tool error on standard error. */
final class ToolRunner {

    private ToolRunner() {}

    /** Returns the parameters of the call that {@code TOOL NAME=VALUE ...} asks for. */
    static ObjectNode params(List<String> words) throws CommandLine.UsageException {
        ObjectNode params = Json.object().put("name", words.get(0));
        ObjectNode arguments = params.putObject("arguments");
        for (String word : words.subList(1, words.size())) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw CommandLine.unknown("argument, not NAME=VALUE", word);
            }
            if (arguments.has(word.substring(0, equals))) {
                throw new CommandLine.UsageException(CommandLine.printable(word) + " is given twice");
            }
            arguments.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return params;
    }

    static ExitCode run(Launch launch, PrintStream out) throws CommandLine.UsageException, SettingsException {
        List<String> words = launch.line().words();
        List<String> offered = launch.settings().tools();
        if (!offered.contains(words.get(0))) {
            throw CommandLine.unknown("tool", words.get(0), offered);
        }
        ObjectNode params = params(words);
        Optional<String> client = Optional.of("user-service-call/" + launch.version());
        try (Service service = launch.open()) {
            Call call = service.tools().accept(new CallRequest(params, client, CallRequest.Admission.ADMITTED));
            Outcome outcome = call.outcome().join();
            return outcome.fold(
                    success -> {
                        out.println(Json.pretty(success.content()));
                        return ExitCode.DONE;
                    },
                    failure -> {
                        if (failure.code() != ErrorCode.CANCELLED) { // a signal, which says enough
                            launch.host().err().println(failure.text());
                        }
                        return ExitCode.FAILED;
                    });
        }
    }
}

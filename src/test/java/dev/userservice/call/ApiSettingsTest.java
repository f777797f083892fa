package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.userservice.ManualTime;
import dev.userservice.UserApiFactory;
import dev.userservice.model.Call;
import dev.userservice.model.TraceContext;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ApiSettingsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01     | true  | the specification's example",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00     | true  | not sampled",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01     | false | the version that is forbidden",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01     | false | no trace",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01     | false | no parent",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01     | false | upper case",
                "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01      | false | a digit too few",
                "00-0af7651916cd43dd8448eb211c80319c1-b7ad6b7169203331-01    | false | a digit too many",
                "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01     | false | no hex digit",
                "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01     | false | other separators",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331        | false | no flags",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x   | false | more than version 00 has",
                "' 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'  | false | a space before it",
                "'00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nX-Admin: 1' | false | a header smuggled in",
                "''                                                          | false | nothing",
            })
    void passesOnOnlyATraceContextThatIsValid(String traceparent, boolean valid, String reason) {
        TraceContext trace = new TraceContext(Optional.of(traceparent), Optional.of("rojo=1"));
        Call call = new Call("6f0c1d2e-1", trace, Duration.ofSeconds(20), new ManualTime());
        ApiSettings settings = UserApiFactory.settings(URI.create("http://127.0.0.1:8080"));
        URI address = URI.create(settings.base() + "/users/7");
        HttpRequest request = settings.request(address, call, UserApiFactory.TOKEN);
        assertEquals(valid ? List.of(traceparent) : List.of(), request.headers().allValues("traceparent"), reason);
        assertEquals(valid ? List.of("rojo=1") : List.of(), request.headers().allValues("tracestate"), reason);
    }
}

package dev.userservice.call;

import dev.userservice.model.CallFailure;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/** An answer as it comes, which fails at the first byte too many. */
final class BoundedInput extends FilterInputStream {

    private long left;

    private BoundedInput(InputStream in, long maxBytes) {
        super(in);
        this.left = maxBytes;
    }

    /**
     * Returns the text of an answer in UTF-8, without a byte order mark. Its decoder refuses what is not valid, of
     * which the JSON parser's would make characters.
     */
    static Reader text(InputStream body, long maxBytes) throws IOException {
        InputStream bounded = new BoundedInput(body, maxBytes);
        PushbackReader text = new PushbackReader(new InputStreamReader(bounded, StandardCharsets.UTF_8.newDecoder()));
        int first = text.read();
        if (first >= 0 && first != '\uFEFF') {
            text.unread(first);
        }
        return text;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        left -= Math.max(0, count);
        if (left < 0) {
            throw CallFailure.contract(
                    "the answer is longer than the configured limit", "raise INTERNAL_API_MAX_RESPONSE_BYTES");
        }
        return count;
    }
}

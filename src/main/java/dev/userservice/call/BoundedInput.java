package dev.userservice.call;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Fails at the first byte too many. */
final class BoundedInput extends FilterInputStream {

    private long left;

    BoundedInput(InputStream in, long maxBytes) {
        super(in);
        this.left = maxBytes;
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
            throw new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the answer is longer than the configured limit")
                    .remedy("raise INTERNAL_API_MAX_RESPONSE_BYTES");
        }
        return count;
    }
}

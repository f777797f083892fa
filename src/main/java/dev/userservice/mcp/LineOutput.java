package dev.userservice.mcp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Standard output as the SDK sees it: each message is one write, counted once it is out; a closed pipe is noticed. */
final class LineOutput extends OutputStream {

  private final OutputStream out;
  private final Runnable written;
  private final Runnable closed;
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();

  /**
   * @param written runs after each message that is out
   * @param closed runs when nobody reads any more
   */
  LineOutput(OutputStream out, Runnable written, Runnable closed) {
    this.out = out;
    this.written = written;
    this.closed = closed;
  }

  @Override
  public void write(int b) {
    message.write(b);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    message.write(bytes, offset, length);
  }

  /** The SDK flushes once a message, after its newline. */
  @Override
  public void flush() throws IOException {
    try {
      message.writeTo(out);
      out.flush();
    } catch (IOException e) {
      closed.run();
      throw e;
    } finally {
      message.reset();
    }
    written.run();
  }
}

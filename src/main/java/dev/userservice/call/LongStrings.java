package dev.userservice.call;

import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;

/**
 * Shortens the unwanted strings of a JSON text to their first 256 KiB as its bytes arrive, so that reading past a long
 * one takes no memory. What is left out is read for its end alone. A wanted string stays whole: half of one could hold
 * half of what must not be seen. For one text, one thread at a time.
 */
final class LongStrings {

  static final int MAX_BYTES = 256 * 1024;

  /** Where the next byte stands. */
  private enum Place {
    OUTSIDE,
    INSIDE,
    ESCAPE,
    HEX_DIGITS
  }

  private final BooleanSupplier wanted;
  private Place place = Place.OUTSIDE;
  private int bytes;
  private int hexDigits;
  private boolean stayingWhole;
  private boolean leavingOut;

  /**
   * @param wanted whether the string is wanted that is being read; asked once of one that is too long, when everything
   *     up to {@link #MAX_BYTES} before has been handed on
   */
  LongStrings(BooleanSupplier wanted) {
    this.wanted = wanted;
  }

  /** Returns the piece itself where nothing is left out of it. */
  ByteBuffer shorten(ByteBuffer piece) {
    for (int i = piece.position(); i < piece.limit(); i++) {
      if (!take(piece.get(i))) {
        return withoutTheRest(piece, i);
      }
    }
    return piece;
  }

  private ByteBuffer withoutTheRest(ByteBuffer piece, int firstLeftOut) {
    ByteBuffer kept = ByteBuffer.allocate(piece.remaining());
    kept.put(piece.slice(piece.position(), firstLeftOut - piece.position()));
    for (int i = firstLeftOut + 1; i < piece.limit(); i++) {
      if (take(piece.get(i))) {
        kept.put(piece.get(i));
      }
    }
    return kept.flip();
  }

  /** Follows the text by one byte and returns whether it stays. RFC 8259, 7: strings and their escapes. */
  private boolean take(byte next) {
    // Between two characters, neither within an escape nor within one of several bytes, the rest can be left out.
    boolean tooLong = bytes == MAX_BYTES && place == Place.INSIDE && (next & 0xC0) != 0x80;
    if (tooLong && !stayingWhole && !leavingOut) {
      stayingWhole = wanted.getAsBoolean();
      leavingOut = !stayingWhole;
    }
    boolean stays = !leavingOut;
    bytes += place != Place.OUTSIDE && bytes < MAX_BYTES ? 1 : 0;
    switch (place) {
      case OUTSIDE -> place = next == '"' ? Place.INSIDE : Place.OUTSIDE;
      case INSIDE -> {
        if (next == '"') {
          place = Place.OUTSIDE;
          bytes = 0;
          stayingWhole = false;
          leavingOut = false;
          return true;
        }
        place = next == '\\' ? Place.ESCAPE : Place.INSIDE;
      }
      case ESCAPE -> {
        hexDigits = 4;
        place = next == 'u' ? Place.HEX_DIGITS : Place.INSIDE;
      }
      case HEX_DIGITS -> place = --hexDigits > 0 ? Place.HEX_DIGITS : Place.INSIDE;
    }
    return stays;
  }
}

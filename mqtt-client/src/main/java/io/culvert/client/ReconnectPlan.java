package io.culvert.client;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When and where the next attempt to connect is made. Pure: time and chance are arguments.
 *
 * <p>All addresses are tried once in their order, then there is a pause, which grows. A connection
 * that was lost is sought at its own address first: the session is there.
 */
final class ReconnectPlan {
  /** Servers that send a client in a circle are left alone after so many steps. */
  static final int MOST_REFERENCES = 5;

  /** A server may ask for patience, but not for so much that the client seems dead. */
  static final long LONGEST_RETRY_AFTER_MILLIS = 10 * 60_000;

  private static final long NEVER_CONNECTED = Long.MIN_VALUE;

  private final List<ServerAddress> addresses;
  private final ReconnectOptions options;
  private final LongSupplier random;

  private int index;
  private int triedInRound;
  private int pauses;
  private int attempts;
  private int references;
  private @Nullable ServerAddress reference;
  private long connectedMillis = NEVER_CONNECTED;
  private boolean takenOver;

  /**
   * @param random any long each time
   */
  ReconnectPlan(List<ServerAddress> addresses, ReconnectOptions options, LongSupplier random) {
    this.addresses = new ArrayList<>(addresses);
    this.options = options;
    this.random = random;
  }

  /** Where the next attempt goes, or the present connection is. */
  ServerAddress address() {
    ServerAddress referred = reference;
    return referred == null ? addresses.get(index) : referred;
  }

  void connected(long nowMillis) {
    connectedMillis = nowMillis;
    attempts = 0;
  }

  /**
   * Another client has taken the connection over; {@link #ended} follows. However long it has
   * lasted, the pauses go on growing: two that take over from each other do so ever more seldom.
   */
  void takenOver() {
    takenOver = true;
  }

  /**
   * An attempt has failed, or the connection is lost. Returns after how many milliseconds the next
   * attempt is due.
   *
   * @param retryAfterMillis what the server has asked for, or -1
   */
  long ended(long nowMillis, long retryAfterMillis) {
    boolean wasConnected = connectedMillis != NEVER_CONNECTED;
    boolean wasTakenOver = takenOver;
    takenOver = false;
    if (wasConnected && !wasTakenOver && nowMillis - connectedMillis >= options.stableMillis()) {
      pauses = 0;
      references = 0;
    }
    connectedMillis = NEVER_CONNECTED;
    attempts++;
    if (retryAfterMillis >= 0) {
      triedInRound = 0; // this server has said when, and not that another one shall be tried
      return spread(Math.min(retryAfterMillis, LONGEST_RETRY_AFTER_MILLIS));
    }
    if (wasConnected) {
      triedInRound = 0;
      return pause();
    }
    if (reference != null) {
      reference = null;
    } else {
      index = (index + 1) % addresses.size();
    }
    triedInRound++;
    if (triedInRound < addresses.size()) {
      return 0;
    }
    triedInRound = 0;
    return pause();
  }

  /**
   * The server has named another one. Returns after how many milliseconds that is tried.
   *
   * @param forGood the other one takes this one's place
   */
  long referred(ServerAddress to, boolean forGood, long nowMillis) {
    references++;
    if (references > MOST_REFERENCES) {
      return ended(nowMillis, -1);
    }
    connectedMillis = NEVER_CONNECTED;
    attempts++;
    if (forGood && reference == null) {
      addresses.set(index, to);
    } else {
      reference = to;
    }
    return 0;
  }

  /** As many attempts as may have failed in a row. */
  boolean isExhausted() {
    return options.maximumAttempts() > 0 && attempts >= options.maximumAttempts();
  }

  /** Every address was tried since the last pause. */
  boolean isRoundOver() {
    return triedInRound == 0;
  }

  private long pause() {
    int doublings = Math.min(pauses++, Long.SIZE - 2);
    long longest = options.longestDelayMillis();
    long first = options.firstDelayMillis();
    return jittered(first > longest >> doublings ? longest : first << doublings);
  }

  /** Between a half and the whole of it. */
  private long jittered(long millis) {
    long half = millis / 2;
    return half + Math.floorMod(random.getAsLong(), millis - half + 1);
  }

  /** Never earlier than asked for, at most a tenth later. */
  private long spread(long millis) {
    return millis + Math.floorMod(random.getAsLong(), millis / 10 + 1);
  }
}

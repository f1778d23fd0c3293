package io.culvert.broker.auth;

import io.culvert.mqtt.server.Permissions;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.ReasonCode;
import org.jspecify.annotations.Nullable;

/** What an {@link Authenticator} thinks of a client. */
public sealed interface Verdict {
  /** The next one of the chain is asked. */
  Verdict NO_OPINION = new NoOpinion();

  /** Neither name nor password tells which of the two was wrong. */
  Verdict WRONG_CREDENTIALS = new Refused(ReasonCode.BAD_USERNAME_OR_PASSWORD, "wrong credentials");

  /** Let in as this user, for as long as it stays, with no permissions of its own. */
  static Verdict accepted(String userName) {
    return new Accepted(userName, null, Accepted.FOR_EVER);
  }

  /**
   * Not let in.
   *
   * @param reasonCode a failure of CONNACK
   * @param reason for the log, without secrets
   */
  static Verdict refused(ReasonCode reasonCode, String reason) {
    return new Refused(reasonCode, reason);
  }

  /**
   * The client is let in.
   *
   * @param userName who it is, or null for nobody in particular
   * @param granted what it may do where no authorizer and no access control list has an opinion;
   *     made for this client alone. Null leaves it to those; where there are none either, it may do
   *     everything
   * @param validMillis for how long, from this answer on, whoever else is asked after it: then its
   *     connection is ended, or it is not let in (0x87)
   */
  record Accepted(@Nullable String userName, @Nullable Permissions granted, long validMillis)
      implements Verdict {
    public static final long FOR_EVER = Long.MAX_VALUE;

    /** The same client with what another one grants. */
    public Accepted with(@Nullable Permissions permissions) {
      return new Accepted(userName, permissions, validMillis);
    }
  }

  /**
   * The client is not let in, and nobody else of the chain is asked.
   *
   * @param reasonCode a failure of CONNACK
   * @param reason for the log, without secrets
   */
  record Refused(ReasonCode reasonCode, String reason) implements Verdict {
    public Refused {
      if (!reasonCode.isError() || !reasonCode.allowedIn(PacketType.CONNACK)) {
        throw new IllegalArgumentException(reasonCode + " refuses no CONNECT");
      }
    }
  }

  /** The client is somebody else's business. */
  record NoOpinion() implements Verdict {}
}

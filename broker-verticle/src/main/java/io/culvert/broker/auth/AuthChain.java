package io.culvert.broker.auth;

import java.util.List;

/**
 * Who decides about the clients of one listener.
 *
 * @param plugins names of those that are asked, in this order; the first opinion counts
 * @param anonymous whether clients without credentials are let in when none of them has an opinion;
 *     where none of them looks at credentials, those of clients are not looked at either
 * @param scram whether clients may authenticate by SCRAM-SHA-256
 */
public record AuthChain(List<String> plugins, boolean anonymous, boolean scram) {
  /** The user is named by the certificate that TLS has found to be good. */
  public static final String CERTIFICATE = "certificate";

  /** The user id of a process at the other end of a Unix domain socket. */
  public static final String UNIX = "unix";

  public static final String PASSWORD_FILE = "password-file";

  /** A token as password. */
  public static final String JWT = "jwt";

  public static final String HTTP = "http";
  public static final String EVENT_BUS = "event-bus";
  public static final String SCRAM = "scram";
  public static final String ANONYMOUS = "anonymous";

  /** Asked by themselves, after the chain, about what a client may do. */
  public static final String HTTP_PERMISSIONS = "http-permissions";

  public static final String EVENT_BUS_PERMISSIONS = "event-bus-permissions";

  /** All that come with the broker. */
  public static final List<String> NAMES =
      List.of(CERTIFICATE, UNIX, JWT, PASSWORD_FILE, HTTP, EVENT_BUS, SCRAM, ANONYMOUS);

  public AuthChain {
    plugins = List.copyOf(plugins);
  }

  /** Whether somebody can tell good credentials from bad ones. */
  public boolean looksAtCredentials() {
    return plugins.stream().anyMatch(name -> !name.equals(CERTIFICATE) && !name.equals(UNIX));
  }

  /** Whether no client can ever be let in. */
  public boolean isClosed() {
    return plugins.isEmpty() && !anonymous && !scram;
  }
}

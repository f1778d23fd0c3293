package io.culvert.broker.config;

import io.culvert.broker.auth.Acl;
import io.culvert.broker.auth.AuthChain;
import io.culvert.broker.auth.CertificateField;
import io.culvert.broker.auth.PasswordUsers;
import io.culvert.mqtt.auth.ScramUsers;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is let in, and what they may do.
 *
 * @param chain names of plug-ins as {@code auth.chain} has them; empty for those that are
 *     configured
 * @param anonymous whether clients without credentials are let in everywhere
 * @param passwordUsers who may log in by name and password, or null where nobody may
 * @param acl who may do what, or null where everybody may do everything
 * @param reloadSeconds how often the files are looked at, or 0 for never
 * @param scramUsers who may authenticate by SCRAM-SHA-256, or null where nobody may
 * @param pending answers that each plug-in may owe to each event loop
 * @param timeoutMillis how long a client waits for the whole chain
 * @param expiryEndsSession whether a session ends when the login of its client does
 * @param plugins others who are asked
 * @param ownPlugins names of plug-ins that the application brings
 */
public record AuthOptions(
    List<String> chain,
    boolean anonymous,
    @Nullable PasswordUsers passwordUsers,
    @Nullable Acl acl,
    int reloadSeconds,
    @Nullable ScramUsers scramUsers,
    int pending,
    long timeoutMillis,
    boolean expiryEndsSession,
    PluginOptions plugins,
    Set<String> ownPlugins) {

  public AuthOptions {
    chain = List.copyOf(chain);
    ownPlugins = Collections.unmodifiableSet(new LinkedHashSet<>(ownPlugins));
  }

  /**
   * Reads the files that the settings name, so it blocks.
   *
   * @param ownPlugins that the application brings, in their order
   * @param problems takes everything that is wrong
   */
  static AuthOptions from(
      Configuration configuration,
      List<ListenerOptions> listeners,
      Set<String> ownPlugins,
      List<Problem> problems) {
    PasswordUsers passwordUsers =
        configuration.isPresent("auth.password-file")
            ? PasswordFile.read(configuration.text("auth.password-file"), problems)
            : null;
    Acl acl =
        configuration.isPresent("auth.acl-file")
            ? AclFile.read(configuration.text("auth.acl-file"), problems)
            : null;
    ScramUsers scramUsers =
        configuration.isPresent("auth.scram-file")
            ? ScramFile.read(configuration.text("auth.scram-file"), problems)
            : null;
    PluginOptions plugins = new PluginReader(configuration, problems).read();
    ChainNames names = new ChainNames(configuration, listeners, ownPlugins);
    names.check(problems);
    return new AuthOptions(
        configuration.texts("auth.chain"),
        configuration.flag("auth.anonymous"),
        passwordUsers,
        acl,
        configuration.integer("auth.reload-seconds"),
        scramUsers,
        configuration.integer("limits.pending-authentications"),
        configuration.number("auth.timeout-millis"),
        configuration.text("auth.expiry-ends").equals("session"),
        plugins,
        ownPlugins);
  }

  /**
   * Who decides about a listener's clients. Clients without credentials are let in where the
   * settings say so; or where nobody has credentials and only this machine can connect. May look a
   * host name up, so it can block.
   */
  public AuthChain chainOf(ListenerOptions listener) {
    boolean isOwn = !listener.auth().isEmpty();
    List<String> named = isOwn ? listener.auth() : chain;
    List<String> plugins = pluginsOf(named.isEmpty() ? configured() : named, listener);
    boolean isSaid = named.contains(AuthChain.ANONYMOUS) || (!isOwn && anonymous);
    boolean scram = named.isEmpty() ? scramUsers != null : named.contains(AuthChain.SCRAM);
    boolean isOpen = named.isEmpty() && !hasUsers() && listener.isLoopback();
    return new AuthChain(plugins, isSaid || isOpen, scram);
  }

  /** Who decides about clients of this process, which need no credentials. */
  public AuthChain chainInside() {
    List<String> names = chain.isEmpty() ? configured() : chain;
    List<String> plugins = plugins(names);
    plugins.removeAll(List.of(AuthChain.CERTIFICATE, AuthChain.UNIX)); // which name no client here
    return new AuthChain(plugins, true, false);
  }

  /** Whether clients have credentials by which they can be told apart from strangers. */
  public boolean hasUsers() {
    return scramUsers != null
        || configured().stream().anyMatch(name -> !name.equals(AuthChain.CERTIFICATE));
  }

  /** What the files hold, in numbers, for people; empty where there are none. */
  public String inNumbers() {
    List<String> parts = new ArrayList<>();
    if (passwordUsers != null) {
      parts.add(passwordUsers.size() + " users with passwords");
    }
    if (scramUsers != null) {
      parts.add(scramUsers.size() + " users of SCRAM");
    }
    if (acl != null) {
      parts.add(acl.size() + " rules");
    }
    return String.join(", ", parts);
  }

  /** Whether there is a user of this name. */
  public boolean isUser(String userName) {
    return (passwordUsers != null && passwordUsers.contains(userName))
        || (scramUsers != null && scramUsers.knows(userName));
  }

  /** Plug-ins that there are, in the order in which they are asked unless a chain is given. */
  private List<String> configured() {
    List<String> names = new ArrayList<>(ownPlugins);
    names.add(AuthChain.CERTIFICATE);
    if (!plugins.unixUsers().isEmpty()) {
      names.add(AuthChain.UNIX);
    }
    if (plugins.jwt() != null) {
      names.add(AuthChain.JWT);
    }
    if (passwordUsers != null) {
      names.add(AuthChain.PASSWORD_FILE);
    }
    if (plugins.http() != null) {
      names.add(AuthChain.HTTP);
    }
    if (plugins.busAddress() != null) {
      names.add(AuthChain.EVENT_BUS);
    }
    return names;
  }

  /** Those of them that can say something about the clients of a listener. */
  private static List<String> pluginsOf(Collection<String> names, ListenerOptions listener) {
    List<String> plugins = plugins(names);
    if (listener.userField() == CertificateField.NONE) {
      plugins.remove(AuthChain.CERTIFICATE);
    }
    if (listener.unix() == null) {
      plugins.remove(AuthChain.UNIX);
    }
    return plugins;
  }

  private static List<String> plugins(Collection<String> names) {
    List<String> plugins = new ArrayList<>(names);
    plugins.removeAll(List.of(AuthChain.SCRAM, AuthChain.ANONYMOUS));
    return plugins;
  }
}

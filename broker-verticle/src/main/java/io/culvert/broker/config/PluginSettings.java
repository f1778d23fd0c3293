package io.culvert.broker.config;

import static io.culvert.runtime.config.Setting.flag;
import static io.culvert.runtime.config.Setting.number;
import static io.culvert.runtime.config.Setting.text;

import io.culvert.runtime.config.SettingTable;
import io.culvert.runtime.config.Unit;

/** The settings {@code auth.jwt}, {@code auth.http} and {@code auth.event-bus}. */
final class PluginSettings {
  static final SettingTable TABLE = SettingTable.join(jwt(), http(), eventBus());

  private PluginSettings() {}

  private static SettingTable jwt() {
    return SettingTable.of(
        text(
            "auth.jwt.secret-file",
            null,
            "File with a secret of at least 32 bytes by which tokens are signed (HS256, HS384,"
                + " HS512). Clients send a JSON Web Token as their password; the user name may be"
                + " left out. A token must have an expiry (`exp`), and ends the connection then."),
        text(
            "auth.jwt.public-key-file",
            null,
            "File in PEM with a public key by which tokens are checked: RSA from 2048 bits (RS256,"
                + " RS384, RS512), or of the curve P-256, P-384 or P-521 (ES256, ES384, ES512)."),
        text(
            "auth.jwt.jwks-file",
            null,
            "File with public keys as a JSON Web Key Set. As all files of `auth` it is read again"
                + " when it has changed."),
        text(
            "auth.jwt.jwks-url",
            null,
            "Where the keys of an identity provider are, as a JSON Web Key Set. While it cannot be"
                + " read, the keys that were read last count; before the first time, tokens are"
                + " refused (0x88)."),
        text(
            "auth.jwt.jwks-authority",
            null,
            "File in PEM of whom the certificate of `auth.jwt.jwks-url` must be. Unless given, one"
                + " of those that Java trusts."),
        number(
            "auth.jwt.jwks-refresh-seconds",
            Unit.SECONDS,
            1,
            604_800,
            "5m",
            "How often keys are read from `auth.jwt.jwks-url`."),
        number(
            "auth.jwt.unknown-key-seconds",
            Unit.SECONDS,
            1,
            86_400,
            "10s",
            "How soon they may be read again because a token names a key that is not among them."),
        number(
            "auth.jwt.jwks-timeout-millis",
            Unit.MILLIS,
            10,
            60_000,
            "5s",
            "How long the server of the keys may take."),
        text(
            "auth.jwt.issuer",
            null,
            "Who must have made a token (its claim `iss`). Unless given, anybody with a key."),
        text(
            "auth.jwt.audience",
            null,
            "For whom a token must be (its claim `aud`). Unless given, anybody."),
        text(
            "auth.jwt.user-claim",
            "sub",
            "Claim that names the user. A client that sends a user name must send this one."),
        number(
            "auth.jwt.leeway-seconds",
            Unit.SECONDS,
            0,
            3600,
            "10s",
            "By how much the clock of whoever makes tokens may differ."),
        text(
            "auth.jwt.publish-claim",
            null,
            "Claim with the topic filters to which the client may publish. With this or the next"
                + " one, what a token does not name is denied unless the access control list allows"
                + " it."),
        text(
            "auth.jwt.subscribe-claim",
            null,
            "Claim with the topic filters that the client may receive."));
  }

  private static SettingTable http() {
    return SettingTable.of(
        text(
            "auth.http.url",
            null,
            "Server that is asked by POST, in JSON, whether a client is let in."),
        text(
            "auth.http.permissions-url",
            null,
            "Server that is asked by POST, in JSON, what a client may do that was let in without"
                + " being told so."),
        text(
            "auth.http.authority",
            null,
            "File in PEM of whom the certificates of these servers must be. Unless given, one of"
                + " those that Java trusts."),
        number(
            "auth.http.timeout-millis",
            Unit.MILLIS,
            10,
            60_000,
            "3s",
            "How long a server may take to be reached, and then to answer. A client about whom it"
                + " does not answer is refused (0x88)."),
        number(
            "auth.http.connections",
            Unit.COUNT,
            1,
            10_000,
            "16",
            "Connections to each server; as many questions again may wait for one, and clients"
                + " beyond these are refused (0x88)."),
        number(
            "auth.http.cache-size",
            Unit.COUNT,
            1,
            10_000_000,
            "10000",
            "Answers of each server that are remembered."),
        number(
            "auth.http.cache-millis",
            Unit.MILLIS,
            0,
            86_400_000,
            "10s",
            "How long an answer is remembered that lets a client in and has no time limit of its"
                + " own. 0 remembers none."),
        flag(
            "auth.plain-http",
            false,
            "Whether servers on other machines may be asked over `http://`, which everybody between"
                + " can read and change."));
  }

  private static SettingTable eventBus() {
    return SettingTable.of(
        text(
            "auth.event-bus.address",
            null,
            "Address on the event bus, of this or another node, that is asked in JSON whether a"
                + " client is let in."),
        text(
            "auth.event-bus.permissions-address",
            null,
            "Address on the event bus that is asked what a client may do that was let in without"
                + " being told so."),
        number(
            "auth.event-bus.timeout-millis",
            Unit.MILLIS,
            10,
            60_000,
            "3s",
            "How long a reply may take. A client about whom none comes is refused (0x88)."));
  }
}

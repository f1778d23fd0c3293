package io.culvert.broker.config;

import static io.culvert.runtime.config.Setting.choice;
import static io.culvert.runtime.config.Setting.flag;
import static io.culvert.runtime.config.Setting.number;
import static io.culvert.runtime.config.Setting.text;
import static io.culvert.runtime.config.Setting.texts;

import io.culvert.runtime.config.SettingTable;
import io.culvert.runtime.config.Unit;
import java.util.List;

/** The settings of the root {@code auth}. */
final class AuthSettings {
  static final SettingTable TABLE =
      SettingTable.of(
          texts(
              "auth.unix-users",
              List.of(),
              "",
              "Users whose processes are let in at Unix domain sockets without a password: `ID=USER`"
                  + " for each user id, as the kernel knows it, such as `1000=ann`."),
          texts(
              "auth.chain",
              List.of(),
              "",
              "Who decides about clients, in this order: `certificate`, `unix`, `jwt`,"
                  + " `password-file`, `http`, `event-bus`, and names"
                  + " of plug-ins that an application brings; the first that has an opinion decides."
                  + " `scram` admits that method, and `anonymous` clients without credentials about"
                  + " whom nobody had an opinion, wherever they stand. Unless given: plug-ins of the"
                  + " application, and then those of these that are configured."),
          choice(
              "auth.expiry-ends",
              List.of("connection", "session"),
              "connection",
              "What ends when the login of a client is not valid any more, such as that of a token:"
                  + " its connection (0x87), so that it can come back to its session with a new one;"
                  + " or its session, too, with all that waits in it."),
          number(
              "auth.timeout-millis",
              Unit.MILLIS,
              100,
              600_000,
              "30s",
              "How long a client waits for the decision of the whole chain; then it is refused"
                  + " (0x88)."),
          flag(
              "auth.anonymous",
              false,
              "Lets clients without credentials in, from wherever they come. Unless set they are"
                  + " let in only by listeners on loopback, and only where no users are"
                  + " configured in any way (see `auth.chain`)."),
          text(
              "auth.password-file",
              null,
              "File of users and their hashed passwords: a line for each, as `culvert passwd add`"
                  + " and `mosquitto_passwd` write it. A file that is missing, empty or malformed"
                  + " stops the start. A path that is not absolute begins at the working directory."
                  + " When a listener can be reached by other machines and nobody could"
                  + " log in there by any setting, `culvert run` makes such a file"
                  + " in the data folder, with one user whose password it prints once."),
          text(
              "auth.acl-file",
              null,
              "File that says who may read and write which topics, in the syntax of Mosquitto:"
                  + " `user NAME`, `topic read|write|readwrite|deny FILTER`, `pattern …` with `%c`"
                  + " and `%u`. What no line allows is refused (0x87): publishing, subscribing and"
                  + " Wills; a message that a subscriber may not read is left out. A file that is"
                  + " missing, empty or malformed stops the start. Unless set, whoever is let in may"
                  + " do everything."),
          number(
              "auth.reload-seconds",
              Unit.SECONDS,
              0,
              86_400,
              "5s",
              "How often the files of users and permissions, and of certificates, are looked at. When"
                  + " one has changed, all of users and permissions, or all of its listener's"
                  + " certificates, are read again; if one is then missing, empty or malformed,"
                  + " what was read before goes on to hold, and the log says why. 0 never looks."),
          text(
              "auth.scram-file",
              null,
              "File of users who may authenticate with MQTT 5's method `SCRAM-SHA-256`: a line for"
                  + " each, as `culvert scram USER` prints it. A file that is missing, empty or"
                  + " malformed stops the start. A path that is not absolute begins at the working"
                  + " directory. Without this setting every authentication method is refused"
                  + " (0x8C)."));

  private AuthSettings() {}
}

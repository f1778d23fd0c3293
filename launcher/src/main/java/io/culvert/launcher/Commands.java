package io.culvert.launcher;

import io.culvert.rpc.protocol.Method;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The commands with their options and help, built without annotations: nothing is reflected on. */
final class Commands {
  private static final int WIDTH = 100;

  private static final String[] ROOT_HEADER = {
    "Culvert, an MQTT broker. Type:",
    "",
    "  culvert run                 start it: mqtt://127.0.0.1:1883 and ws://127.0.0.1:8083/mqtt",
    "  culvert run --port 2883     ... on another port; culvert run --help lists all options",
    "  culvert demo                watch it work: with a device and a subscriber in this terminal",
    "  culvert sub -t '#' -v       print all messages of a server; culvert pub sends one",
    "  culvert config print        see every setting, its value and where that comes from",
    "",
  };

  private static final String[] ROOT_FOOTER = {
    "",
    "Results go to stdout, log lines and errors to stderr.",
    "Exit codes: 0 done; 1 could not start, go on or stop; 2 wrong arguments or configuration;",
    "3 culvert sub -C -W got too few. What goes on until it is stopped ends with 0 on SIGINT",
    "(Ctrl-C) and SIGTERM; what these keep from being done, such as pub or rpc get, with 130 and",
    "143.",
  };

  private static final String[] RUN_HEADER = {
    "Ctrl-C ends it. When everything listens, one line is printed to stdout:",
    "",
    "  ready mqtt://127.0.0.1:1883 ws://127.0.0.1:8083/mqtt",
    "",
  };

  private static final String[] SCRAM_FOOTER = {
    "",
    "The password is asked for, or it is the first line of standard input. Add what is printed to",
    "the file that auth.scram-file names, and keep that file from others:",
    "",
    "  culvert scram ann >> users.scram",
    "  culvert run --set auth.scram-file=users.scram",
    "",
    "While output goes to a file, as here, the password is seen as it is typed.",
  };

  private static final String[] PASSWD_FOOTER = {
    "",
    "The password is asked for, or it is the first line of standard input. The file has the syntax",
    "of Mosquitto's, and is made when there is none:",
    "",
    "  culvert passwd add passwords ann",
    "  culvert run --bind 0.0.0.0 --set auth.password-file=passwords",
  };

  private static final String[] STORE_FOOTER = {
    "",
    "All but export want the broker stopped. A backup, and a new store from it:",
    "",
    "  culvert store export backup.jsonl",
    "  culvert store import --data other-data backup.jsonl",
  };

  private static final String[] TCP_FOOTER = {
    "",
    "Try it in two terminals:",
    "",
    "  culvert tcp demo --port 8888 --secret 'a secret for trials'",
    "  culvert tcp request --secret 'a secret for trials' request echo hello",
  };

  private static final String[] RPC_FOOTER = {
    "",
    "The body of the answer goes to stdout, as JSON, and its code to stderr. It ends with 0 for a",
    "code of 2xx; with 1 for another one, and when no answer came; with 2 for wrong arguments.",
    "Try it in three terminals:",
    "",
    "  culvert run",
    "  culvert device simulate --tag 2D_XX_0_9999",
    "  culvert rpc put 2D_XX_0_9999 axuv gains '[5, 6]'; culvert rpc get 2D_XX_0_9999 axuv gains",
  };

  private static final String[] OBSERVE_FOOTER = {
    "",
    "The body of each state goes to stdout, as JSON. It ends with 0 when it is asked to; with 1 when",
    "the device does not let the resource be observed, or ends that; with 2 for wrong arguments.",
  };

  private static final String[] DEVICE_FOOTER = {
    "",
    "Its resources, in every subsystem: echo, gains (GET, PUT), create (POST), del (DELETE),",
    "valid, code/N (answers N), slow/MS (after MS milliseconds), silent, twice (two answers), corr",
    "(the header of the request).",
  };

  private static final String[] PUB_FOOTER = {
    "",
    "It ends when the server has acknowledged everything (QoS 1 and 2), with 0; with 1 when it",
    "could not be reached or refused a message; with 2 for wrong arguments.",
    "",
    "  culvert pub -t home/lamp -m on -q 1 -r",
    "  sensors | culvert pub -t home/sensors -l --rate 100",
    "  culvert sub -t '#' -F json | culvert pub -h elsewhere --json",
  };

  private static final String[] SUB_FOOTER = {
    "",
    "A message of QoS 1 or 2 is acknowledged when it is printed. A lost connection is made again.",
    "It ends with 0; with 1 when the server could not be reached or refused, or stdout took no",
    "more; with 2 for wrong arguments; with 3 when -W was over before -C was reached.",
    "",
    "  culvert sub -t 'home/#' -v",
    "  culvert sub -t '$SYS/#' -F json -C 10 -W 5",
    "  culvert sub -c -i archive -q 1 -t '#' -F json >> messages.jsonl",
  };

  private static final String[] BENCH_FOOTER = {
    "",
    "It prints a line each second to stderr, and the result to stdout. It ends with 0; with 1 when",
    "a client was not let in, a connection was lost, a message was refused or, of pairs, did not",
    "arrive; with 2 for wrong arguments. Ctrl-C ends it early, with its result. Both sides share",
    "this machine's processors: figures of broker and bench on one machine are lower than what the",
    "broker can do.",
    "",
    "  culvert bench pairs --clients 50 -q 1",
    "  culvert bench connections --clients 5000 --duration 30",
    "  culvert bench pub --clients 10 --rate 1000 --size 1024 --json",
  };

  private static final String[] COMPLETION_HEADER = {
    "For this shell, or for each new one:",
    "",
    "  source <(culvert completion)",
    "  culvert completion > ~/.local/share/bash-completion/completions/culvert",
    "",
  };

  private static final String[] LAYERS = {
    "",
    "A setting is taken from the flags; else from --set; else from the environment",
    "(CULVERT_MQTT_PORT=2883); else from the file; else it has its default.",
  };

  private Commands() {}

  static CommandLine create() {
    CommandSpec config =
        command("config", "Check and print the configuration.", new String[0])
            .addSubcommand("check", withFlags("check", "Say what is wrong with it, if anything."))
            .addSubcommand("print", withFlags("print", "Print every setting as YAML."));
    CommandSpec root =
        command("culvert", "", ROOT_HEADER)
            .addSubcommand("run", run())
            .addSubcommand("demo", demo())
            .addSubcommand("pub", pub())
            .addSubcommand("sub", sub())
            .addSubcommand("bench", bench())
            .addSubcommand("config", config)
            .addSubcommand("passwd", passwd())
            .addSubcommand("scram", scram())
            .addSubcommand("store", store())
            .addSubcommand("rpc", rpc())
            .addSubcommand("device", device())
            .addSubcommand("tcp", tcp())
            .addSubcommand(
                "completion",
                command(
                    "completion",
                    "Print a script by which bash and zsh complete commands and options.",
                    COMPLETION_HEADER))
            .addSubcommand("version", command("version", "Print the version.", new String[0]));
    root.addOption(
        OptionSpec.builder("--version")
            .versionHelp(true)
            .arity("0")
            .type(boolean.class)
            .description("Print the version.")
            .build());
    root.usageMessage().footer(ROOT_FOOTER);
    CommandLine commands = new CommandLine(root);
    commands.setUsageHelpWidth(WIDTH);
    commands.setOverwrittenOptionsAllowed(false);
    return commands;
  }

  private static CommandSpec run() {
    CommandSpec run = command("run", "Start the broker.", RUN_HEADER);
    run.addOption(
        OptionSpec.builder("--ephemeral")
            .arity("0")
            .type(boolean.class)
            .description("Keep nothing: no data folder is made.")
            .build());
    Flags.addTo(run);
    run.usageMessage().footer(LAYERS);
    return run;
  }

  private static CommandSpec demo() {
    CommandSpec demo =
        command(
            "demo", "Show a broker, a device and a subscriber in this terminal.", new String[0]);
    DemoCommand.addOptionsTo(demo);
    return demo;
  }

  private static CommandSpec pub() {
    CommandSpec pub = clientCommand("pub", "Publish messages to an MQTT server.");
    PubCommand.addOptionsTo(pub);
    pub.usageMessage().footer(PUB_FOOTER);
    return pub;
  }

  private static CommandSpec sub() {
    CommandSpec sub = clientCommand("sub", "Subscribe at an MQTT server, and print what comes.");
    SubCommand.addOptionsTo(sub);
    sub.usageMessage().footer(SUB_FOOTER);
    return sub;
  }

  private static CommandSpec bench() {
    CommandSpec bench = clientCommand("bench", "Put load on an MQTT server, and measure.");
    BenchCommand.addOptionsTo(bench);
    bench.usageMessage().footer(BENCH_FOOTER);
    return bench;
  }

  /** Its {@code -h} is the host, as people are used to. */
  private static CommandSpec clientCommand(String name, String description) {
    return command(name, description, new String[0], "--help");
  }

  private static CommandSpec passwd() {
    CommandSpec add = passwd("add", "Add a user, or give one another password.");
    PasswdCommand.addIterationsTo(add);
    CommandSpec passwd =
        command("passwd", "Edit the users of auth.password-file.", new String[0])
            .addSubcommand("add", add)
            .addSubcommand("delete", passwd("delete", "Delete a user."))
            .addSubcommand("check", passwd("check", "Say whether a password is right."));
    passwd.usageMessage().footer(PASSWD_FOOTER);
    return passwd;
  }

  private static CommandSpec passwd(String name, String description) {
    CommandSpec command = command(name, description, new String[0]);
    PasswdCommand.addOptionsTo(command);
    command.usageMessage().footer(PASSWD_FOOTER);
    return command;
  }

  private static CommandSpec scram() {
    CommandSpec scram =
        command(
            "scram",
            "Print a user's line for auth.scram-file (MQTT 5, SCRAM-SHA-256).",
            new String[0]);
    ScramCommand.addOptionsTo(scram);
    scram.usageMessage().footer(SCRAM_FOOTER);
    return scram;
  }

  private static CommandSpec store() {
    CommandSpec check = store("check", "Say whether it is damaged, and count its records.");
    StoreCommand.addJsonTo(check);
    CommandSpec export = store("export", "Write all records to a file, also while it is used.");
    StoreCommand.addFileTo(export, "A new file, one JSON object a line.");
    CommandSpec imported = store("import", "Make a store from such a file.");
    StoreCommand.addFileTo(imported, "What culvert store export has written.");
    CommandSpec store =
        command("store", "Look after the messages and sessions on disk.", new String[0])
            .addSubcommand("check", check)
            .addSubcommand("export", export)
            .addSubcommand("import", imported)
            .addSubcommand("compact", store("compact", "Give back the room of what was deleted."));
    store.usageMessage().footer(STORE_FOOTER);
    return store;
  }

  private static CommandSpec store(String name, String description) {
    CommandSpec command = command(name, description, new String[0]);
    StoreCommand.addOptionsTo(command);
    command.usageMessage().footer(STORE_FOOTER);
    return command;
  }

  private static CommandSpec rpc() {
    CommandSpec rpc =
        command("rpc", "Ask devices for their resources.", new String[0])
            .addSubcommand("get", rpc(Method.GET, "Read a resource."))
            .addSubcommand("post", rpc(Method.POST, "Let a resource do something."))
            .addSubcommand("put", rpc(Method.PUT, "Replace a resource."))
            .addSubcommand("delete", rpc(Method.DELETE, "Delete a resource."))
            .addSubcommand("observe", observe())
            .addSubcommand("discover", discover());
    rpc.usageMessage().footer(RPC_FOOTER);
    return rpc;
  }

  private static CommandSpec rpc(Method method, String description) {
    CommandSpec command = clientCommand(method.name().toLowerCase(Locale.ROOT), description);
    RpcCommand.addOptionsTo(command, method);
    command.usageMessage().footer(RPC_FOOTER);
    return command;
  }

  private static CommandSpec observe() {
    CommandSpec observe =
        clientCommand("observe", "Print a resource, and each new state of it, until Ctrl-C.");
    RpcCommand.addObserveTo(observe);
    observe.usageMessage().footer(OBSERVE_FOOTER);
    return observe;
  }

  private static CommandSpec discover() {
    CommandSpec discover = clientCommand("discover", "List the resources of a device.");
    RpcCommand.addDiscoverTo(discover);
    return discover;
  }

  private static CommandSpec device() {
    CommandSpec simulate = clientCommand("simulate", "Be a device that answers requests.");
    DeviceCommand.addOptionsTo(simulate);
    simulate.usageMessage().footer(DEVICE_FOOTER);
    return command("device", "Try things out without a device.", new String[0])
        .addSubcommand("simulate", simulate);
  }

  private static CommandSpec tcp() {
    CommandSpec demo = command("demo", "Start the example server.", new String[0]);
    TcpCommand.addOptionsTo(demo, /* client= */ false);
    CommandSpec request = command("request", "Send a message and print its answer.", new String[0]);
    TcpCommand.addOptionsTo(request, /* client= */ true);
    TcpCommand.addMessageTo(request);
    CommandSpec send = command("send", "Send a message; wait for nothing.", new String[0]);
    TcpCommand.addOptionsTo(send, /* client= */ true);
    TcpCommand.addMessageTo(send);
    CommandSpec listen = command("listen", "Subscribe, and print what comes.", new String[0]);
    TcpCommand.addOptionsTo(listen, /* client= */ true);
    TcpCommand.addUrisTo(listen);
    CommandSpec tcp =
        command("tcp", "Talk to peers of the TCP message service.", new String[0])
            .addSubcommand("demo", demo)
            .addSubcommand("request", request)
            .addSubcommand("send", send)
            .addSubcommand("listen", listen);
    tcp.usageMessage().footer(TCP_FOOTER);
    return tcp;
  }

  private static CommandSpec withFlags(String name, String description) {
    CommandSpec command = command(name, description, new String[0]);
    Flags.addTo(command);
    command.usageMessage().footer(LAYERS);
    return command;
  }

  private static CommandSpec command(String name, String description, String[] header) {
    return command(name, description, header, "-h", "--help");
  }

  private static CommandSpec command(
      String name, String description, String[] header, String... help) {
    CommandSpec command = CommandSpec.create().name(name);
    command.addOption(
        OptionSpec.builder(help)
            .usageHelp(true)
            .arity("0")
            .type(boolean.class)
            .description("Print this.")
            .build());
    UsageMessageSpec usage = command.usageMessage();
    usage.sortOptions(false);
    if (header.length > 0) {
      usage.synopsisHeading("").customSynopsis(header);
    }
    if (!description.isEmpty()) {
      usage.header(description);
    }
    return command;
  }
}

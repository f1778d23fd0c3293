package io.culvert.launcher;

import io.culvert.rpc.RpcClientOptions;
import io.culvert.rpc.demo.SimulatedDevice;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code culvert device simulate}: a device that answers until it is asked to end. */
final class DeviceCommand {
  private DeviceCommand() {}

  static void addOptionsTo(CommandSpec command) {
    ClientFlags.value(command, "TAG", "Tag of the device, and its Client Identifier.", "--tag");
    RpcFlags.addTo(command);
  }

  static int simulate(ParseResult result, Environment environment, Console console, Ending ending)
      throws StartException, InterruptedException {
    Logging.quietBut("culvert.rpc"); // which says when the broker has gone
    RpcFlags flags = new RpcFlags(result, environment);
    String tag = flags.client().text("--tag");
    if (tag == null) {
      throw StartException.usage("--tag says who the device is, such as 2D_XX_0_9999");
    }
    boolean hasWill = flags.client().has("--will-topic"); // instead of our own
    RpcClientOptions options = flags.options(tag).withPresence(!hasWill);
    RpcRun run =
        RpcRun.connect(
            flags.connection(true),
            options,
            flags.client().version().isMqtt5(),
            SimulatedDevice::create);
    console.out().println("ready " + tag);
    console.out().flush();
    ending.whenAsked(run::stop);
    return ending.await();
  }
}

package io.culvert.runtime.bus;

/** The addresses of the event bus at which device RPC is reached; see docs/event-bus.md. */
public final class RpcAddresses {
  /** Asks one device for one resource. */
  public static final String REQUEST = "culvert.rpc.request";

  /** Asks one device, and wants no answer. */
  public static final String TELL = "culvert.rpc.tell";

  /** Keeps a request until its device is there. */
  public static final String SUBMIT = "culvert.rpc.submit";

  /** Lists what became of such requests. */
  public static final String SUBMITTED = "culvert.rpc.submitted";

  /** Ends one of them. */
  public static final String CANCEL = "culvert.rpc.cancel";

  /** Asks many devices, and replies with all answers that came in time. */
  public static final String BATCH = "culvert.rpc.batch";

  /** Lists what devices were seen. */
  public static final String DEVICES = "culvert.rpc.devices";

  /** Asks a device which resources it has. */
  public static final String DISCOVER = "culvert.rpc.discover";

  /** Sends each new state of a resource to an address. */
  public static final String OBSERVE = "culvert.rpc.observe";

  /** Ends that. */
  public static final String UNOBSERVE = "culvert.rpc.unobserve";

  private RpcAddresses() {}
}

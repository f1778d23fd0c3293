package io.culvert.conformance.faults.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;

/** One connection: cuts what comes into packets, and keeps what the socket does not take yet. */
final class Wire {

  interface Listener {
    /** A whole packet. */
    void packet(Packet packet);

    /** The end, whoever wanted it; nothing comes after it. */
    void closed();
  }

  private static final int READ_BYTES = 64 * 1024;

  private final SocketChannel channel;
  private final Listener listener;
  private final ArrayDeque<ByteBuffer> waiting = new ArrayDeque<>();
  private ByteBuffer in = ByteBuffer.allocate(READ_BYTES);
  private SelectionKey key;
  private boolean open = true;

  Wire(SocketChannel channel, Listener listener) {
    this.channel = channel;
    this.listener = listener;
  }

  void registered(SelectionKey own) {
    this.key = own;
  }

  static void ready(SelectionKey key) {
    Wire wire = (Wire) key.attachment();
    try {
      if (key.isValid() && key.isWritable()) {
        wire.flush();
      }
      if (key.isValid() && key.isReadable()) {
        wire.read();
      }
    } catch (IOException e) {
      wire.close(); // a reset: the broker was killed
    }
  }

  void send(byte[] packet) {
    if (open) {
      waiting.add(ByteBuffer.wrap(packet));
      try {
        flush();
      } catch (IOException e) {
        // What was received before is still to be read; the end is read after it.
        waiting.clear();
      }
    }
  }

  /** At once, whatever is on its way. */
  void close() {
    if (open) {
      open = false;
      try {
        channel.close();
      } catch (IOException e) {
        // It is closed as far as anybody can.
      }
      listener.closed();
    }
  }

  private void flush() throws IOException {
    while (!waiting.isEmpty()) {
      channel.write(waiting.peek());
      if (waiting.peek().hasRemaining()) {
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        return;
      }
      waiting.remove();
    }
    key.interestOps(SelectionKey.OP_READ);
  }

  private void read() throws IOException {
    int count = channel.read(in);
    in.flip();
    while (open && nextPacket()) {
      // one after the other
    }
    in.compact();
    if (count < 0) {
      close();
    }
  }

  private boolean nextPacket() {
    int length = 0;
    for (int i = 1, shift = 0; in.position() + i < in.limit(); i++, shift += 7) {
      int digit = in.get(in.position() + i);
      length |= (digit & 0x7F) << shift;
      if (digit >= 0) {
        int whole = 1 + i + length;
        if (in.remaining() < whole) {
          makeRoom(whole);
          return false;
        }
        int first = in.get() & 0xFF;
        in.position(in.position() + i);
        byte[] body = new byte[length];
        in.get(body);
        listener.packet(new Packet(first, body));
        return true;
      }
    }
    return false;
  }

  private void makeRoom(int packetBytes) {
    if (in.capacity() < packetBytes) {
      byte[] rest = Arrays.copyOfRange(in.array(), in.position(), in.limit());
      in = ByteBuffer.allocate(packetBytes + READ_BYTES).put(rest);
      in.flip();
    }
  }
}

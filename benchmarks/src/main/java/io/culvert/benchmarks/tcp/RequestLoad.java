package io.culvert.benchmarks.tcp;

import io.culvert.engine.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/**
 * One connection that sends {@code window} frames, waits for as many bytes, and begins again:
 * answers are as long as requests.
 */
final class RequestLoad {
  private RequestLoad() {}

  /** How many frames were answered. */
  static long run(int port, Bytes frame, int window, int seconds) throws IOException {
    byte[] all = new byte[frame.length() * window];
    for (int i = 0; i < window; i++) {
      frame.copyTo(all, i * frame.length());
    }
    byte[] answers = new byte[all.length];
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    long frames = 0;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      InputStream in = socket.getInputStream();
      while (System.nanoTime() < until) {
        out.write(all);
        if (in.readNBytes(answers, 0, answers.length) < answers.length) {
          throw new IOException("the server has closed after " + frames + " frames");
        }
        frames += window;
      }
    }
    if (answers.length > 0 && answers[0] != 1 && answers[0] != frame.get(0)) {
      throw new IOException("an answer of type " + answers[0]);
    }
    return frames;
  }
}

/** {@code culvert demo}: a device and a subscriber that show the broker at work. */
@NullMarked
package io.culvert.launcher.demo;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.culvert.launcher.client;

import org.jspecify.annotations.NullMarked;

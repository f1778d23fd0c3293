@NullMarked
package io.culvert.runtime.bus;

import org.jspecify.annotations.NullMarked;

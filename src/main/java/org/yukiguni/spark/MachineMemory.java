package org.yukiguni.spark;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The memory of the machine. */
final class MachineMemory {
  private MachineMemory() {}

  /** All of it in bytes, or what the container (a cgroup) may have that this process is in. */
  static long bytes() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }
}

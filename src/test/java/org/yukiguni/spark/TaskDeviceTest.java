package org.yukiguni.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.yukiguni.job.Device;

final class TaskDeviceTest {
  private static List<String> choose(String wanted, List<String> granted, int cudaDevices) {
    return TaskDevice.choose(Device.parse(wanted), granted, () -> cudaDevices);
  }

  @Test
  void autoTakesTheGrantedGpuIfThereIsCuda() {
    assertThat(choose("auto", List.of(), 2)).containsExactly("cpu");
    assertThat(choose("auto", List.of("1"), 2)).containsExactly("cuda:1");
    assertThat(choose("auto", List.of("1"), 0)).containsExactly("cpu");
    assertThat(choose("auto", List.of("1", "0"), 2)).containsExactly("cuda:1", "cuda:0");
  }

  @Test
  void cpuIsCpuWhateverIsGranted() {
    assertThat(choose("cpu", List.of("0"), 1)).containsExactly("cpu");
  }

  @Test
  void cudaNeedsAGrantAndCuda() {
    assertThat(choose("cuda", List.of("1"), 2)).containsExactly("cuda:1");
    assertThatThrownBy(() -> choose("cuda", List.of(), 2))
        .hasMessageContaining("spark.task.resource.gpu.amount");
    assertThatThrownBy(() -> choose("cuda", List.of("0"), 0))
        .hasMessageContaining("this libtorch has no CUDA");
    assertThatThrownBy(() -> choose("cuda", List.of("3"), 1))
        .hasMessageContaining("libtorch sees 1 device(s)")
        .hasMessageContaining("CUDA_VISIBLE_DEVICES");
  }

  @Test
  void aNumberedDeviceMustNotBeAnotherTasks() {
    assertThat(choose("cuda:0", List.of(), 1)).containsExactly("cuda:0");
    assertThatThrownBy(() -> choose("cuda:0", List.of("1"), 2))
        .hasMessage(
            "Cannot run on cuda:0 because Spark granted the task GPU 1; set model.device: cuda to"
                + " use it");
  }

  @Test
  void trainingsRunOnProcessors() {
    assertThat(TaskDevice.forTraining(Device.AUTO)).isEqualTo("cpu");
    assertThat(TaskDevice.forTraining(Device.parse("cpu"))).isEqualTo("cpu");
    assertThatThrownBy(() -> TaskDevice.forTraining(Device.parse("cuda:1")))
        .hasMessage(
            "Cannot train on cuda:1 because gradients are computed on CPUs only; set model.device:"
                + " cpu");
  }

  @Test
  void threadsAreTheExecutorsCores() {
    assertThat(threads("spark://host:7077", "6")).isEqualTo(6);
    assertThat(threads("spark://host:7077", null)).isEqualTo(16);
    assertThat(threads("local[4]", null)).isEqualTo(4);
    assertThat(threads("local[64,3]", null)).isEqualTo(16);
    assertThat(threads("local[*]", null)).isEqualTo(16);
    assertThat(threads("local", null)).isEqualTo(1);
  }

  private static int threads(String master, String cores) {
    SparkConf conf = new SparkConf(false).set("spark.master", master);
    if (cores != null) {
      conf.set("spark.executor.cores", cores);
    }
    return ExecutorThreads.of(conf, 16);
  }
}

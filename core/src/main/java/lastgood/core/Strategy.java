package lastgood.core;

import java.util.List;

/// How a service's releases are put out, with the workloads that takes.
public sealed interface Strategy {

    /// The workload that runs the service in ordinary times.
    String main();

    record Rolling(String main) implements Strategy {}

    /// @param workloads one for each colour, in the order of the colours
    record BlueGreen(List<String> colours, List<String> workloads) implements Strategy {
        public BlueGreen {
            colours = List.copyOf(colours);
            workloads = List.copyOf(workloads);
            if (colours.size() != 2 || workloads.size() != 2 || colours.get(0).equals(colours.get(1))) {
                throw new InvalidName("blue-green needs two different colours and a workload for each");
            }
        }

        @Override
        public String main() {
            return workloads.getFirst();
        }

        public String workloadOf(String colour) {
            return workloads.get(colours.indexOf(colour));
        }

        public String colourOf(String workload) {
            return colours.get(workloads.indexOf(workload));
        }

        public String other(String workload) {
            return workloads.get(1 - workloads.indexOf(workload));
        }
    }

    /// @param firstWeight parts of a hundred that a new canary gets
    record Canary(String main, String canary, int firstWeight) implements Strategy {
        public Canary {
            if (firstWeight < 1 || firstWeight > 50) {
                throw new InvalidName("a canary's first weight is 1 to 50 parts of a hundred, not " + firstWeight);
            }
        }
    }

    /// The workloads that users' requests may go to, and no others.
    default List<String> workloads() {
        return switch (this) {
            case Rolling(var main) -> List.of(main);
            case BlueGreen(var _, var workloads) -> workloads;
            case Canary(var main, var canary, var _) -> List.of(main, canary);
        };
    }

    default String word() {
        return switch (this) {
            case Rolling _ -> "rolling";
            case BlueGreen _ -> "blue-green";
            case Canary _ -> "canary";
        };
    }
}

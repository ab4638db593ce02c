package lastgood.app;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// The arrows that neither Maven nor module-info can hold; docs/architecture.md draws them.
@AnalyzeClasses(packages = "lastgood", importOptions = DoNotIncludeTests.class)
class ArrowsTest {

    @ArchTest
    static final ArchRule core_knows_nothing_but_the_language = noClasses()
            .that()
            .resideInAPackage("lastgood.core..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "lastgood.core..",
                    "java.lang..",
                    "java.util..",
                    "java.math",
                    "java.time..",
                    "java.security",
                    "java.nio.charset",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule the_engine_knows_no_adapter_and_nobody_who_uses_it = noClasses()
            .that()
            .resideInAPackage("lastgood.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "lastgood.local..",
                    "lastgood.probes..",
                    "lastgood.signals..",
                    "lastgood.kubernetes..",
                    "lastgood.postgres..",
                    "lastgood.prometheus..",
                    "lastgood.cli..",
                    "lastgood.config..",
                    "lastgood.app..",
                    "lastgood.testkit..");

    @ArchTest
    static final ArchRule the_command_line_sees_ports_and_never_an_adapter = noClasses()
            .that()
            .resideInAPackage("lastgood.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "lastgood.local..",
                    "lastgood.probes..",
                    "lastgood.signals..",
                    "lastgood.kubernetes..",
                    "lastgood.postgres..",
                    "lastgood.prometheus..",
                    "lastgood.app..");

    @ArchTest
    static final ArchRule an_adapter_knows_ports_and_no_configuration = noClasses()
            .that()
            .resideInAnyPackage(
                    "lastgood.local..",
                    "lastgood.probes..",
                    "lastgood.signals..",
                    "lastgood.kubernetes..",
                    "lastgood.postgres..",
                    "lastgood.prometheus..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("lastgood.cli..", "lastgood.config..", "lastgood.app..");

    @ArchTest
    static final ArchRule one_adapter_speaks_to_kubernetes = noClasses()
            .that()
            .resideOutsideOfPackage("lastgood.kubernetes..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.fabric8..");

    @ArchTest
    static final ArchRule no_adapter_knows_another = slices().matching(
                    "lastgood.(local|probes|signals|kubernetes|postgres|prometheus)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule nobody_depends_on_the_testkit = noClasses()
            .that()
            .resideOutsideOfPackage("lastgood.testkit..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("lastgood.testkit..");

    /// A decision may name the type of the rollback that it weighs; it knows nothing else of plans.
    @ArchTest
    static final ArchRule detecting_deciding_and_planning_run_one_way = noClasses()
            .that()
            .resideInAnyPackage("lastgood.core.decide..", "lastgood.core.recover..")
            .should()
            .dependOnClassesThat(resideInAPackage("lastgood.core.plan..")
                    .and(not(equivalentTo(lastgood.core.plan.Plan.Type.class))));

    @ArchTest
    static final ArchRule only_the_outside_reads_the_clock = noClasses()
            .that()
            .resideInAnyPackage("lastgood.core..", "lastgood.engine..", "lastgood.config..", "lastgood.cli..")
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", java.time.Duration.class);

    @ArchTest
    static final ArchRule only_the_outside_reads_the_environment = noClasses()
            .that()
            .resideInAnyPackage("lastgood.core..", "lastgood.engine..", "lastgood.config..", "lastgood.cli..")
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class);

    @ArchTest
    static final ArchRule one_adapter_speaks_to_a_database = noClasses()
            .that()
            // the demo's service is a team's own program
            .resideOutsideOfPackages("lastgood.postgres..", "lastgood.demo.server..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "org.postgresql..");
}

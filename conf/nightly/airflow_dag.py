"""The nightly job in Airflow: a broken run (exit code 3) is tried again and goes on where it was; a
wrong job (1) and too many errors (2) fail at once, since trying again would not help. Written for
Airflow 2.7 or newer; its syntax is checked here, it was not run in an Airflow."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.exceptions import AirflowFailException
from airflow.operators.python import PythonOperator


def generate(ds, **_):
    import os
    import subprocess

    # One attempt for each of Airflow's: its own retries take the place of the script's.
    code = subprocess.run(
        [
            os.environ["SPARK_HOME"] + "/bin/spark-submit",
            "--master", "spark://master.example.com:7077",
            "--class", "org.yukiguni.cli.Yukiguni",
            "/opt/yukiguni/yukiguni.jar",
            "generate", "/opt/yukiguni/jobs/nightly.yaml",
            "--set", f"output.path=/srv/yukiguni/{ds}",
            "--set", f"report.html=/srv/yukiguni/{ds}.html",
            "--progress=plain",
        ],
        cwd="/opt/yukiguni",
    ).returncode
    if code in (1, 2):
        raise AirflowFailException({1: "the job or its input is wrong", 2: "too many rows failed"}[code])
    if code != 0:
        raise RuntimeError(f"exit code {code}: the run broke; the next attempt goes on with it")


with DAG(
    dag_id="yukiguni_nightly",
    schedule="0 1 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=5)},
) as dag:
    PythonOperator(task_id="generate", python_callable=generate)

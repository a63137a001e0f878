"""Takes the files of jobs/ one by one, as a worker of Celery's takes messages: TERM ends it after the job that it has."""
import os, pathlib, signal, time

jobs, done = pathlib.Path("jobs"), pathlib.Path("done")
jobs.mkdir(exist_ok=True)
done.mkdir(exist_ok=True)
leaving = False


def leave(*_):
    global leaving
    leaving = True


signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
while not leaving:
    for job in sorted(jobs.iterdir()):
        mine = done / f".{os.getpid()}.{job.name}"
        try:
            job.rename(mine)  # whoever renames it has it
        except FileNotFoundError:
            continue
        time.sleep(0.05)
        mine.rename(done / job.name)
        if leaving:
            break
    else:
        time.sleep(0.1)

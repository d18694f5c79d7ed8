import time
from datetime import date
from pathlib import Path
from xieshou.catalogue.figures import FIGURES, offered_figures
from xieshou.figures.scopes import Scope
from xieshou.figures.services import evaluate
def test_t(desk, conghua):
    t=time.time(); desk.take_in(Path(__file__).parent/"data/report-conghua-206_12.xls", as_of=date(2011,12,31), basis="cumulative"); print("import",time.time()-t)
    for scope in ({}, {"place":"440117000000"},{"place":"440117000000","year":"2011"}):
        t=time.time()
        for f in FIGURES:
            evaluate(actor=desk.actor, figure=f, scope=Scope.from_options(scope))
        print(len(FIGURES), scope, time.time()-t)
    t=time.time(); o=offered_figures(); print(len(o),time.time()-t)

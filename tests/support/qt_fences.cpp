// For tests of the window under the thread sanitizer, which cannot see the locks inside Qt (futexes in a library built
// without it): tells it what a queued call and a thread pool order, so that our code on both sides of them is judged
// like any other. Compiled without the sanitizer: what is here orders, it isn't judged.
#include <dlfcn.h>

#include <QMetaObject>
#include <QThreadPool>

#include <sanitizer/tsan_interface.h>

namespace {

#if QT_VERSION < QT_VERSION_CHECK(6, 7, 0)

// A queued call with fences around it: everything before the call was queued happens before the call, and that before
// the call's values are destroyed, on whichever thread.
class FencedCall : public QtPrivate::QSlotObjectBase {
public:
    explicit FencedCall(QtPrivate::QSlotObjectBase* call) : QSlotObjectBase(&run), m_call(call) {
        __tsan_release(call);
    }

private:
    static void run(int what, QSlotObjectBase* self, QObject* receiver, void** arguments, bool*) {
        auto* const fenced = static_cast<FencedCall*>(self);
        QSlotObjectBase* const call = fenced->m_call;
        if (what != Call && what != Destroy)
            return;
        __tsan_acquire(call);
        if (what == Destroy) {
            call->destroyIfLastRef();
            delete fenced;
        } else {
            call->call(receiver, arguments);
            __tsan_release(call);
        }
    }

    QSlotObjectBase* m_call;
};

#endif

// The address is what counts: work that a pool was given happens after what came before the giving.
char givenToPools;

} // namespace

// The program's functions go before the library's of the same name, which they call.

#if QT_VERSION < QT_VERSION_CHECK(6, 7, 0)
bool QMetaObject::invokeMethodImpl(QObject* object, QtPrivate::QSlotObjectBase* slot, Qt::ConnectionType type,
                                   void* result) {
    using Invoke = bool (*)(QObject*, QtPrivate::QSlotObjectBase*, Qt::ConnectionType, void*);
    static const auto invoke = reinterpret_cast<Invoke>(
        dlsym(RTLD_NEXT,
              "_ZN11QMetaObject16invokeMethodImplEP7QObjectPN9QtPrivate15QSlotObjectBaseEN2Qt14ConnectionTypeEPv"));
    return invoke(object, new FencedCall(slot), type, result);
}
#endif

void QThreadPool::start(std::function<void()> work, int priority) {
    using Start = void (*)(QThreadPool*, std::function<void()>, int);
    static const auto start = reinterpret_cast<Start>(dlsym(RTLD_NEXT, "_ZN11QThreadPool5startESt8functionIFvvEEi"));
    std::function<void()> fenced = [work = std::move(work)] {
        __tsan_acquire(&givenToPools);
        work();
    };
    __tsan_release(&givenToPools);
    start(this, std::move(fenced), priority);
}
